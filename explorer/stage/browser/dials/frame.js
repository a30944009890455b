// The frame around a dial's control: its name, its value, and what cannot be.

import { element } from "../layout.js";

/**
 * @import { Knob } from "../types"
 * @import { Hand } from "./hand.js"
 */

let count = 0; // of controls, for their ids

/**
 * The frame around a control: its name, which a double click takes back to the default, its value,
 * and the place of a sentence for what cannot be.
 *
 * @param {Knob} knob
 * @param {Hand} hand
 * @param {HTMLElement} control
 * @param {{ around?: HTMLElement, beside?: HTMLElement[] }} [places] what the control stands in,
 *   and what stands at the right of the name
 */
export function frame(knob, hand, control, { around = control, beside = [] } = {}) {
  const id = (control.id ||= `dial-${(count += 1)}`);
  const name = element("label", "name", knob.label);
  name.htmlFor = id;
  if (!knob.stands.length)
    name.addEventListener("dblclick", () => hand.turn({ [knob.name]: hand.defaults[knob.name] }));
  if (!knob.labelled) name.classList.add("visually-hidden");
  const refused = element("p", "refused");
  refused.hidden = true;
  refused.setAttribute("role", "alert");
  const made = element("div", "knob");
  made.dataset.kind = knob.kind;
  made.dataset.dial = knob.name;
  const top = element("div", "top", name, ...beside);
  if (!knob.labelled && !beside.length) top.classList.add("visually-hidden");
  made.append(top, around, refused);
  if (knob.help) {
    const help = element("span", "", knob.help);
    help.id = `${id}-help`;
    help.hidden = true;
    control.setAttribute("aria-describedby", help.id);
    made.append(help);
  }
  return made;
}
