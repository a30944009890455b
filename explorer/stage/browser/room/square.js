// The QR code of a link, in a corner.

import { element } from "../layout.js";

const HERE = ["localhost", "127.0.0.1", "[::1]"];
const ONLY_HERE = "Only this computer reaches this address: the README's “In a workshop” opens it.";
const TOO_LONG = "This link is too long for a QR code.";

/** A card with the code of one address at a time. */
export class Square {
  constructor() {
    this.image = element("img");
    this.caption = element("figcaption");
    this.element = element("figure", "room-qr", this.image, this.caption);
    this.element.hidden = true;
    this.drawn = "";
    this.image.addEventListener("load", () => (this.image.hidden = false));
    this.image.addEventListener("error", () => {
      this.image.hidden = true;
      this.caption.textContent = TOO_LONG;
    });
  }

  get shown() {
    return !this.element.hidden;
  }

  /**
   * @param {string} link
   * @param {string} name what is written under it
   */
  draw(link, name) {
    if (link === this.drawn) return;
    this.drawn = link;
    const at = new URL("stage/qr", document.baseURI);
    at.searchParams.set("link", link);
    this.image.alt = `QR code of ${link}`;
    this.image.src = at.href;
    this.caption.replaceChildren(name);
    if (HERE.includes(location.hostname)) this.caption.append(element("small", "", ONLY_HERE));
  }
}
