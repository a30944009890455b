// The points of a cloud, of which each is dragged on its own. One of them is chosen: that nearest to
// the pointer, or by the keys; all that is taken hold of stands there.

import { Handle } from "./handle.js";

/**
 * @import { Context } from "../context.js"
 * @import { Holding } from "./handle.js"
 */

const BY_KEYS =
  "Page up and page down choose a point. Arrow keys move it, with Shift ten times as far; Escape takes it back.";

/** The one that is chosen out of many. `choose` says which. */
export class PointOf extends Handle {
  /**
   * @param {Holding} holding
   * @param {Context} stage
   * @param {{ many: () => number, chosen: () => number, choose: (index: number) => void }} cloud
   */
  constructor(holding, stage, cloud) {
    super(holding, stage);
    this.cloud = cloud;
    this.byKeys = BY_KEYS;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = { PageUp: 1, PageDown: -1 }[event.key];
    if (!by && event.key !== "Escape") return super.key(event);
    if (event.ctrlKey || event.metaKey || event.altKey || !this.free) return;
    event.preventDefault();
    event.stopPropagation();
    if (!by) return this.home();
    const { many, chosen, choose } = this.cloud;
    const count = Math.max(1, many());
    choose((chosen() + by + count) % count);
  }
}
