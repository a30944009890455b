// Draws one panel of a run as the stage does, outside of it: what stands on its canvas, where its
// axes lie, every text that it writes, and what is read out at a `point` of its data. The scripts
// come from the address `base`.

// What is there for the hand alone, and the list that an unfolded memory shows beside it.
const FOR_THE_HAND = "style, title, button, label, .choice, .made-of";

export async function paint({ base, panel, palette, still, frames, at, size, point, ...shown }) {
  const from = (name) => import(`${base}${name}.js`);
  const [{ Context }, { Explanations }, { decodePacket }, { STYLE }] =
    await Promise.all(["context", "layout", "run/store", "style"].map(from));
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer;
  const root = document.createElement("div");
  root.className = "stage";
  const style = document.createElement("style");
  style.textContent = STYLE;
  const place = document.createElement("section");
  place.className = "panel";
  Object.assign(place.style, { width: `${size[0]}px`, height: `${size[1]}px` });
  root.append(place);
  document.body.replaceChildren(style, root);

  const written = [];
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
    written.push(text);
    return fillText.call(this, text, ...where);
  };
  const context = new Context(root, new Explanations(root), { refresh: () => {} });
  context.dress(palette);
  Object.assign(context, shown);
  context.still = decodePacket(bytes(still));
  context.frames.add(frames.map((packet) => decodePacket(bytes(packet))));
  context.horizon = context.frames.newest;
  const made = (await from(`panels/${panel.kind}`)).make(panel, context);
  place.append(made.element);
  for (let i = 0; i < 3; i += 1) await new Promise(requestAnimationFrame); // sizes are known
  // As it plays, and at last the moment that is asked for.
  const moments = [...Array(context.frames.count).keys(), at];
  for (const [turn, position] of moments.entries()) {
    // What is drawn as seldom as words change is due by then.
    if (turn === moments.length - 1) await new Promise((done) => setTimeout(done, 100));
    written.length = 0;
    context.look += 1;
    made.resize?.();
    const frame = context.frames.at(position);
    const playing = panel.kind === "plot"; // words that play wait for who reads them
    const view = { frame, index: frame.index, position, playing };
    made.paint(view);
    if (point) made.pointer.at = { x: made.map.x(point[0]), y: made.map.y(point[1]) };
  }
  await new Promise(requestAnimationFrame);
  CanvasRenderingContext2D.prototype.fillText = fillText;
  const { map, wide, high } = made;
  return {
    written: [...written, ...textsIn(place)],
    axes: map && { ...map.box, cell: [wide, high], x: map.xRange, y: map.yRange },
    picture: map && made.canvas.toDataURL(),
    reading: map && !made.reading.hidden ? made.reading.innerText : "",
  };
}

/** The texts in an element that can be seen and are more than handles. */
function textsIn(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    if (data && parentElement.checkVisibility() && !parentElement.closest(FOR_THE_HAND))
      found.push(data);
  }
  return found;
}
