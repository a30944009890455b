// What stands in the window and what does not.

/** Watches elements; whoever asks hears of those that come into sight. */
export class Sight {
  /** @param {() => void} appeared */
  constructor(appeared) {
    /** @type {Set<Element>} */
    this.hidden = new Set();
    this.observer = new IntersectionObserver(
      (entries) => {
        const before = this.hidden.size;
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) this.hidden.delete(target);
          else this.hidden.add(target);
        }
        if (this.hidden.size < before) appeared();
      },
      { rootMargin: "80px" }, // what is about to come is painted already
    );
  }

  /**
   * Watch these elements, and no others any more.
   *
   * @param {Element[]} elements
   */
  watch(elements) {
    this.observer.disconnect();
    this.hidden.clear();
    for (const element of elements) this.observer.observe(element);
  }

  close() {
    this.observer.disconnect();
  }
}
