// Written by `python -m explorer.stage.declarations` from what Python says; change it there.

/**
 * A cloud from an array of shape (n, 2).
 *
 * With a `window` the array has a row for each frame, and so many are drawn: that of the frame
 * which is shown, and those before it.
 */
export interface Points {
  array: string;
  role: string;
  size: number;
  opacity: number;
  shape: "dot" | "ring" | "cross";
  window?: number;
  label: string;
  mark: "points";
}

/**
 * A heat map from an array of shape (rows, columns); row 0 lies at the low end of y.
 *
 * `scale` is "diverging" (the roles low, card, high around `middle`), "sequential"
 * (viridis-like) or "role" (from the card to one role). `low` and `high` bound the scale;
 * None takes the smallest and largest value of the frame. `contours` is the number of level
 * lines.
 */
export interface Surface {
  array: string;
  extent: [number, number, number, number];
  scale: "diverging" | "sequential" | "role";
  role: string;
  low?: number;
  high?: number;
  middle?: number;
  contours: number;
  label: string;
  mark: "surface";
}

/**
 * The lines of a grid from an array of shape (rows, columns, 2).
 *
 * With `density`, an array (rows, columns) from 0 to 1, each cell is filled at the mean of its
 * corners times `opacity`. `origin` is the grid that the mesh is the image of, of the same
 * shape: while the pointer is over the plot the mesh goes back to it, stretched over the plot,
 * and returns when the pointer leaves. A cell keeps its shade on the way.
 */
export interface Mesh {
  array: string;
  role: string;
  opacity: number;
  label: string;
  density: string;
  origin: string;
  mark: "mesh";
}

/**
 * Arrows at `tails` (n, 2) along `vectors` (n, 2), times `scale`: true magnitudes.
 *
 * An arrow longer than `longest` (data units) is cut there and drawn with an open head.
 */
export interface Arrows {
  tails: string;
  vectors: string;
  role: string;
  scale: number;
  longest: number;
  label: string;
  mark: "arrows";
}

/** A line from this frame: array `y` over array `x` (or over 0, 1, 2, …). */
export interface Curve {
  y: string;
  role: string;
  x: string;
  label: string;
  width: number;
  dashed?: boolean;
  low: string;
  high: string;
  mark: "curve";
}

/** A line through one scalar of every frame so far, over the step, with the playhead on it. */
export interface History {
  scalar: string;
  role: string;
  label: string;
  width: number;
  mark: "history";
}

/** A straight line across the plot at a known value: a baseline, a ceiling. */
export interface Rule {
  y: number | string;
  role: string;
  label: string;
  mark: "rule";
}

/** A shaded strip across the plot: a floor with its noise. */
export interface Band {
  low: number | string;
  high: number | string;
  role: string;
  label: string;
  mark: "band";
}

/**
 * Bars from an array of shape (n,); `labels` under them, an empty one is none.
 *
 * The labels under the plot are those of its first bars; each bar is read out by its own.
 */
export interface Bars {
  array: string;
  role: string;
  labels: string[];
  label: string;
  mark: "bars";
}

/**
 * Bent strips from one level to another: what goes from where to where, and how much of it.
 *
 * `array` has a row for each, (n, 4): its left and right end at `top`, and those at
 * `bottom`.
 */
export interface Ribbons {
  array: string;
  role: string;
  top: number;
  bottom: number;
  opacity: number;
  label: string;
  mark: "ribbons";
}

/**
 * An axis: its range (or None: fitted to the data shown so far), its label with unit.
 *
 * A `bare` one has no ticks, where what stands along it has no numbers; their room is kept. One
 * that counts has `whole` ticks: there is no half seed, and no layer 2.5.
 */
export interface Axis {
  low?: number;
  high?: number;
  label: string;
  log: boolean;
  bare: boolean;
  whole: boolean;
}

/**
 * One number that a hand turns in the picture: what it is called, and what it may be.
 *
 * `setting` is the dial that it turns; `grip_of` takes all else from the dial's row. Where the
 * setting is a line of text whose words are parted by semicolons or blanks, `entry` is what
 * stands before the number in its word: "weight_hh:12,39" for "weight_hh:12,39:0.5". A line
 * without that word gets it. In an entry, {name} stands for the selection of that name, and
 * {name+12} for 12 more.
 *
 * `at` is where it stands without dials, and as long as the line does not have its word: a
 * number, or the name of a scalar of the frame (empty: the scalar that is called as the setting).
 */
export interface Grip {
  setting: string;
  label: string;
  low: number;
  high: number;
  step?: number;
  whole: boolean;
  powers: boolean;
  unit: string;
  help: string;
  entry: string;
  at: number | string;
}

/** A ring that moves both ways: `x` and `y` are its place in the plot. */
export interface PointHandle {
  x: Grip;
  y: Grip;
  role: string;
  label: string;
  help: string;
  handle: "point";
}

/** A straight line through the plot that moves along one axis, taken by its grip or anywhere. */
export interface RuleHandle {
  grip: Grip;
  axis: "x" | "y";
  role: string;
  label: string;
  handle: "rule";
}

/** A strip of the plot from `low` to `high`: both ends move, and never past each other. */
export interface SpanHandle {
  low: Grip;
  high: Grip;
  axis: "x" | "y";
  role: string;
  label: string;
  handle: "span";
}

/**
 * The end of one bar, that of entry `index` of an array of shape (n,); it moves up and down.
 *
 * Without dials, and while a line of text does not have its word, it stands at that entry.
 */
export interface BarHandle {
  grip: Grip;
  array: string;
  index: number;
  role: string;
  handle: "bar";
}

/**
 * A number that stands at a place of the plot, as in a cell of a heat map.
 *
 * It is dragged sideways, or typed. Without dials, and while a line of text does not have its
 * word, it is the entry `index` of an array, counted row by row, where one is named.
 */
export interface NumberHandle {
  grip: Grip;
  x: number;
  y: number;
  array: string;
  index: number;
  role: string;
  handle: "number";
}

/**
 * Numbers side by side that are drawn over with a pen: the bins of a pile, or a function.
 *
 * The grip's setting is a line of text, numbers parted by blanks. Each of them stands over an even
 * share of [left, right], moved by what the setting `shift` says, and is set to where the pen
 * passes it. By the keys, left and right choose one of them, up and down change it. Without dials
 * there is nothing to be seen of it but the marks below.
 */
export interface PenHandle {
  grip: Grip;
  left: number;
  right: number;
  shift: string;
  each: string;
  role: string;
  handle: "pen";
}

/**
 * The points of a cloud, of which each moves both ways on its own.
 *
 * `array`, (n, 2), says where they stand as long as the line of text does not have their words:
 * {point} in the entry of a grip is the number of one, from 0. All of them are moved by what the
 * settings `right` and `up` say. The one nearest to the pointer is taken; by the keys one is
 * chosen. Without dials there is nothing to be seen of it but the marks below.
 */
export interface CloudHandle {
  x: Grip;
  y: Grip;
  array: string;
  right: string;
  up: string;
  each: string;
  role: string;
  handle: "cloud";
}

/**
 * A picture with axes. `square` keeps one unit equally long both ways and hides the ticks.
 *
 * `handles` are what can be taken hold of in it: they lie over the marks.
 */
export interface Plot {
  area: string;
  title: string;
  marks: Mark[];
  note: string;
  x: Axis;
  y: Axis;
  square: boolean;
  alt: string;
  handles: Handle[];
  kind: "plot";
}

/**
 * A heat map whose columns are frames: an array of shape (n,) of every frame, side by side.
 *
 * A click moves the playhead to that frame and, with `select`, chooses that row. Row 0 lies on
 * top. `low` and `high` bound the scale; None takes the smallest and largest value of all
 * frames held. `by_row` divides every row by its own largest magnitude instead, so that a unit
 * that counts to six does not hide the others. On a `log` scale, zero and less stays blank.
 *
 * `orders` are the orders that its rows can take: a label, and the still array that says which
 * row stands first, second, … (a permutation; no array: as packed). The selection `ORDER` chooses
 * one, for every heat map of the scene; `select` still means the row as packed.
 */
export interface Timeline {
  area: string;
  title: string;
  array: string;
  note: string;
  scale: "diverging" | "sequential" | "role";
  role: string;
  low?: number;
  high?: number;
  log: boolean;
  by_row: boolean;
  select: string;
  row_name: string;
  y_label: string;
  first_row: number;
  alt: string;
  orders: [string, string][];
  kind: "timeline";
}

/**
 * A row of characters or numbers, one a frame, tinted by one entry of an array of each frame.
 *
 * A click moves the playhead there; with `hover` pointing does. With `of` "frame", chip i is
 * tinted by entry i of the array of the present frame instead. `marks` names an array of shape
 * (n,): the chips whose entry is not zero are underlined. With a `span`, dragging over chips
 * chooses a stretch of them, the selections `{span}_first` and `{span}_last` (both included),
 * and the page hears of it.
 */
export interface Tokens {
  area: string;
  tokens: string[];
  array: string;
  select: string;
  alt: string;
  of: "frames" | "frame";
  hover: boolean;
  span: string;
  marks: string;
  kind: "tokens";
}

/**
 * A number of the frame: a scalar, or the entry of an array that `select` chooses.
 *
 * `digits` counts decimals (fewer from 10 on). `one_minus` shows 1 less the number. One with
 * a `grip` can be turned where it stands, dragged sideways or typed.
 */
export interface Value {
  name: string;
  select: string;
  digits: number;
  one_minus: boolean;
  grip?: Grip;
}

/**
 * A place in a diagram: a gate (box with name and value), an operation (circle with a sign)
 * or a label (bare text with an optional value).
 *
 * `text`, `note` and `help` are templates, see `Stage`. `anchor` says which end of a
 * label lies at x.
 */
export interface Node {
  name: string;
  x: number;
  y: number;
  shape: "gate" | "operation" | "label";
  text: string;
  value?: Value;
  role: string;
  note: string;
  help: string;
  anchor: "start" | "middle" | "end";
}

/**
 * A line through points; as thick as its value is large, and moving when its stage is on.
 *
 * `start` and `end` name the nodes it joins. A line whose value is negative is dashed; with
 * `signed` it also has the colour of the sign in place of its role. The number stands at
 * `label_at`, a point of the line, on the given `side` of it ("across": the label above it,
 * the number below), and `anchor` says which end of the text lies there. A point is x, y and
 * optionally a shift sideways in widths of a gate, so that lines enter one box side by side.
 */
export interface Wire {
  name: string;
  points: number[][];
  value?: Value;
  role: string;
  label_at?: number[];
  label: string;
  full: number;
  start: string;
  end: string;
  signed: boolean;
  side: "across" | "above" | "below" | "left" | "right";
  anchor: "start" | "middle" | "end";
  help: string;
}

/**
 * A piece of an equation: plain text, or a number in the colour of its role.
 *
 * `caption` stands small under it and says in words what the number is. A negative number
 * after "+" turns it into "−", and stands in brackets after "·".
 */
export interface Term {
  text: string;
  value?: Value;
  role: string;
  strong: boolean;
  caption: string;
}

/** A sentence that depends on which of two numbers is larger in magnitude. */
export interface Weighing {
  first: Value;
  second: Value;
  if_first: string;
  if_second: string;
}

/**
 * One stage of the computation inside a step: what lights up, the formula, the numbers in it.
 *
 * `parts` are names of nodes and wires. `symbols` writes indices as `W_{xf}`. `says` is
 * one plain sentence, true for the numbers on screen because it is a template: `{name}` stands
 * for a scalar, or for the entry of an array that the diagram's selection chooses,
 * `{name:percent}` for it in percent, `{token}` for what is read now. `weighs` adds a
 * sentence that depends on two numbers.
 */
export interface Stage {
  name: string;
  parts: string[];
  symbols: string;
  equation: Term[];
  says: string;
  weighs?: Weighing;
  title: string;
}

/** Where the nodes and wires of a diagram lie, in its own coordinates. */
export interface Layout {
  width: number;
  height: number;
  nodes: Node[];
  wires: Wire[];
}

/**
 * A dot product inside a number: Σ_k weights[block·H + u, k] · inputs[k] + bias[block·H + u].
 *
 * u is the selected unit and H the number of units; `weights` and `bias` are still arrays,
 * `inputs` is an array of the frame. `names` calls the inputs (empty: "1", "2", …, or by unit
 * where `cause` is "before"). A `diagonal` has a single product,
 * weights[block, u] · inputs[u], with weights of shape (blocks, H). `gated_by` names an array
 * whose entry of the unit multiplies the whole sum, bias included (the reset gate of a GRU).
 * `others` names an array whose entry of the unit is what inputs that are not shown add.
 * With a `grip` every weight can be turned: its entry may name the {row} and {column} of it.
 *
 * `cause` says where the inputs come from: "token", what is read in this step; "before", the
 * value `leads_to` of every unit one step earlier, so that a product leads back through time.
 */
export interface Dot {
  label: string;
  weights: string;
  inputs: string;
  block: number;
  bias: string;
  names: string[];
  cause: "token" | "before" | "";
  leads_to: string;
  diagonal: boolean;
  gated_by: string;
  others: string;
  grip?: Grip;
}

/**
 * How the number called `name` is made: its equation, whose numbers open in turn, and the
 * dot products in it.
 *
 * `symbols` is the formula in letters as in `Stage`, `says` a template as there. The dot
 * products add up to `adds_to` (empty: to `{name}/preactivation` where the frame has it, else
 * to the number itself), and the picture says how exactly they do.
 */
export interface Opening {
  name: string;
  title: string;
  symbols: string;
  equation: Term[];
  says: string;
  dots: Dot[];
  role: string;
  adds_to: string;
}

/**
 * The circuit of a cell in its own coordinates, with the equation of the stage under it.
 *
 * The coordinates stretch both ways with the panel, boxes and letters do not: they keep a size
 * that can be read. `narrow` is another layout of the same parts, for phones. `tokens` is
 * what is read at each frame, `select` the selection that templates go by. A number that one
 * of the `openings` is about opens on a click and shows what it is made of. `opens` names the
 * stage that is shown first.
 */
export interface Diagram {
  area: string;
  width: number;
  height: number;
  nodes: Node[];
  wires: Wire[];
  stages: Stage[];
  title: string;
  alt: string;
  narrow?: Layout;
  tokens: string[];
  select: string;
  openings: Opening[];
  opens: string;
  kind: "diagram";
}

/**
 * What every earlier step wrote into the memory of the selected unit, and what is left of it.
 *
 * The memory follows m_t = keep_t · m_{t−1} + written_t, so the part of step s at time t is
 * written_s · keep_{s+1} ⋯ keep_t, and `before` of the first frame is the part that was there
 * at the start. Positive parts stack upwards, negative ones downwards, and `total` runs through
 * the picture as a line: at every step it is the upper edge plus the lower edge. All four name
 * arrays of shape (H,) of the frames; `tokens` calls the steps.
 */
export interface Unfolding {
  area: string;
  title: string;
  keep: string;
  written: string;
  total: string;
  before: string;
  select: string;
  tokens: string[];
  alt: string;
  note: string;
  kind: "unfolding";
}

/**
 * A box of a `Flow`: its place in columns and rows, what it is called, a line under that.
 *
 * `below` is a text with the names of scalars in braces, left out where the box is too low.
 */
export interface FlowNode {
  name: string;
  column: number;
  row: number;
  text: string;
  role: string;
  below: string;
}

/**
 * Boxes and arrows between them; array `active` (n,) of the frame says which boxes are lit.
 *
 * Entry i belongs to `nodes[i]`: from 0.5 on the box is filled with the colour of its role,
 * else outlined in it. `links` are pairs of names; one between lit boxes is lit as well.
 */
export interface Flow {
  area: string;
  title: string;
  nodes: FlowNode[];
  links: [string, string][];
  active: string;
  note: string;
  alt: string;
  kind: "flow";
}

/**
 * Horizontal bars with names: array `values` (n,), named by `names[index]` where the array
 * `indices` says which name belongs to each bar (or 0, 1, 2, … without it).
 */
export interface Ranking {
  area: string;
  title: string;
  values: string;
  names: string[];
  indices: string;
  role: string;
  note: string;
  alt: string;
  kind: "ranking";
}

/**
 * Small images from an array of shape (n, rows, columns), grey, or (n, rows, columns, 3): red,
 * green and blue.
 */
export interface Tiles {
  area: string;
  title: string;
  array: string;
  columns: number;
  note: string;
  low: number;
  high: number;
  alt: string;
  kind: "tiles";
}

/**
 * A card with one number, what it is, and its floor or ceiling.
 *
 * `form` is "plain" (three significant digits), "percent", "power" (2.8×10⁻³) or "of" (with
 * `of`: "6 / 8"). The four bounds tint it; each may be the name of a scalar. One with a
 * `grip` can be turned on its card, dragged sideways or typed.
 */
export interface Number {
  scalar: string;
  label: string;
  form: "plain" | "percent" | "power" | "of" | "integer";
  of?: number;
  bound: string;
  before: string;
  good_from?: number | string;
  good_to?: number | string;
  bad_to?: number | string;
  bad_from?: number | string;
  help: string;
  grip?: Grip;
}

/** A row of number cards. */
export interface Numbers {
  area: string;
  numbers: Number[];
  kind: "numbers";
}

/**
 * What is happening, in words: the sentence of that name in the frame.
 *
 * `lead` is set in bold before it. `lines` lines are reserved, so that nothing jumps. With
 * `mono` it is a text, letter by letter with its blanks and line breaks; `against` names
 * another sentence of the frame, and the letters that differ from it are marked. Texts of one
 * line are rows: signs that stand under each other still do where the rows are broken.
 */
export interface Sentence {
  area: string;
  name: string;
  lead: string;
  lines: number;
  mono: boolean;
  against: string;
  kind: "sentence";
}

/**
 * A row of names, one of them chosen: it sets the selection `select` to its place in the row,
 * at once and without the server. Not part of still pictures.
 */
export interface Choice {
  area: string;
  select: string;
  options: string[];
  title: string;
  kind: "choice";
}

/**
 * A CSS grid: column and row sizes, and the area names row by row (a dot is an empty cell).
 *
 * The first `fold` rows fit the window together with the time bar (0: all of them do); the
 * others follow below, while the time bar stays in view.
 */
export interface Grid {
  columns: string[];
  rows: string[];
  areas: string[];
  fold: number;
}

/** One way to call things: the word for every key that the scene writes as ⟦key⟧. */
export interface Lexicon {
  name: string;
  words: [string, string][];
}

/**
 * A whole live picture. `narrow` is the grid below `wide_from` px of width.
 *
 * `clock` names what the time bar counts ("step", "character"). `selects` gives the start
 * value of every selection (row of a heat map, unit of a cell). `lexicons` are the ways to call
 * things; the selection `NAMES` chooses one. A scene with a `Diagram` steps
 * through its stages inside each frame. `loop` plays a recording over and over, without
 * controls, for small pictures that lead somewhere.
 */
export interface Scene {
  panels: Panel[];
  wide: Grid;
  narrow: Grid;
  clock: string;
  selects: [string, number][];
  loop: boolean;
  alt: string;
  lexicons: Lexicon[];
  wide_from: number;
}

/** Where an array lies in the payload of a packet, and how: its bytes start at `offset`. */
export type ArrayEntry = [kind: Kind, shape: number[], offset: number, low: number, high: number];

/**
 * What a packet says in JSON: the frame's numbers and words, and where its arrays lie.
 *
 * A scalar that is not finite is null.
 */
export interface Header {
  index: number;
  step: number;
  arrays: Record<string, ArrayEntry>;
  scalars: Record<string, number | null>;
  sentences: Record<string, string>;
  event: string;
  trouble: string;
}

/**
 * What a viewer is told about a run besides its frames.
 *
 * A run that "stopped" cannot go on either, but not because its numbers diverged.
 */
export interface Status {
  state: State;
  head: number;
  first: number;
  stride: number;
  last: number;
  trouble: string;
  notice: string;
  notices: number;
  waiting: string;
  rate: number | null;
  spent: number | null;
  viewers: number;
}

/** What a viewer says: the frame it wants the run to reach, or the frame it holds all up to. */
export interface Command {
  goal?: number;
  after?: number;
}

/**
 * Which frames a browser asks for by HTTP: the oldest `count` after an index, of those whose
 * own index `stride` divides.
 */
export interface FramesAsked {
  after: number;
  count: number;
  stride: number;
}

/** Why there is no answer: a sentence, and the dial it is about, empty where it is several. */
export interface Refused {
  name: string;
  sentence: string;
}

/**
 * What an answer says in JSON: whose it is, and how its frames are to be shown.
 *
 * `number` is that of the question. `refused` is null where there is an answer.
 */
export interface AnswerHeader {
  number: number;
  select: Record<string, number>;
  start: number;
  coarse: string;
  refused: Refused | null;
}

/**
 * What a stage asks: the values of its dials by name, and whether the hand still moves.
 *
 * `ask` is the question's number, which grows by one with each.
 */
export interface Ask {
  ask: number;
  given: Record<string, string | number | boolean | null>;
  moving: boolean;
}

/**
 * What a browser says in one request: which seat is its own, what it has, and what it says.
 *
 * Without a `seat` it takes one. `heard` is the number of the last message that it has,
 * `first` that of the first text in `said`; both count from 1. It `wants` the messages that
 * it does not have, or waits for news where there are none, or only says something. When it
 * `leaves` it gives the seat back.
 */
export interface PlainAsk {
  seat: string;
  heard: number;
  first: number;
  said: string[];
  wants: "nothing" | "what is there" | "news";
  leaves: boolean;
}

/**
 * What stands before the messages of an answer: of which seat, and how many they are.
 *
 * `taken` is the number of the last text that was taken, `first` that of the first message.
 * `texts` says of each message whether it is a text, `lengths` how many bytes it has.
 * `closed` is the code with which the line ended after them, 0 while it is held.
 */
export interface PlainReply {
  seat: string;
  taken: number;
  first: number;
  texts: boolean[];
  lengths: number[];
  closed: number;
  reason: string;
}

/** The colours of both themes by role, the dashes of roles in px, and the faces. */
export interface Palette {
  light: Record<string, string>;
  dark: Record<string, string>;
  dash: Record<string, number[]>;
  font: string;
  monospace: string;
}

/**
 * How one dial stands in the column, and what it may be, from its row.
 *
 * `values` are those on offer, with their `written` form, for a scale, a row of names and a
 * menu; a slider and a field lie between `low` and `high`. `step` is null where any number
 * goes, `next` offers a button that goes on by one. `written` of a slider has a text for every
 * step, where the number alone does not say it.
 *
 * `turns` are the dials that choosing each of the `values` turns with it. A knob with
 * `stands` is no setting of its own: it is shown at the value whose settings all stand so, and
 * an empty entry of it stands for none of them. "letters" is a text that buttons write, one letter
 * each; "pad" is one that a pen writes.
 */
export interface Knob {
  name: string;
  kind: "slider" | "scale" | "row" | "menu" | "switch" | "field" | "line" | "lines" | "letters" | "pad";
  label: string;
  help: string;
  low: number | null;
  high: number | null;
  step: number | null;
  whole: boolean;
  powers: boolean;
  unit: string;
  values: (string | number | boolean | null)[];
  written: string[];
  turns: (Record<string, string | number | boolean | null>)[];
  stands: (Record<string, string | number | boolean | null>)[];
  longest: number | null;
  next: boolean;
  labelled: boolean;
}

/** Some dials under one title; a folded group shows its title alone until it is asked for. */
export interface Group {
  title: string;
  folded: boolean;
  knobs: Knob[];
}

/**
 * The dials beside a picture: their values live in the browser, which says them whole.
 *
 * `settings` are all values of the page's configuration, `defaults` what they are without a
 * link. `editions` count, for each, how often the page itself has turned it: the browser takes
 * the page's value where that has grown, and keeps its own otherwise; `refused` says why, of
 * a dial that was put back. `picks` says which setting is turned by a selection in the picture,
 * by the name of the selection. `above`: in a window that is too narrow for both, the dials
 * stand in rows over the picture.
 */
export interface Column {
  groups: Group[];
  settings: Record<string, string | number | boolean | null>;
  defaults: Record<string, string | number | boolean | null>;
  editions: Record<string, number>;
  refused: Record<string, string>;
  picks: Record<string, string>;
  above: boolean;
}

/**
 * Where a stage asks how a run begins that is not there yet, and which dials begin none.
 *
 * `token` admits to the desk; `forks` turn while a run trains, which then goes on.
 */
export interface Beginning {
  token: string;
  forks: string[];
}

/**
 * What a page points at: the areas of the panels that are lit while the others are dimmed.
 *
 * `plays`: a run that nothing is known of in this tab begins to play by itself.
 */
export interface Look {
  panels: string[];
  plays: boolean;
}

/** Which elements of the page hold the reel of what never moves and that of all frames. */
export interface Carried {
  still: string;
  frames: string;
}

/**
 * What a stage is to show: a scene of a run, and how the page set it.
 *
 * `dials` stand beside the picture. With `answers`, a token, the stage asks for what the dials
 * say: scene and frames come as one answer, and `scene` is null until then.
 * With `begins` it asks how a run begins that a turned dial asks for, until that is there.
 * `token` admits to the run, and `run` names it: equal names, equal runs. `picks`,
 * `resets` and `rests` say whether the page wants to hear of selections, of going back to the
 * start, and of where the picture came to rest.
 * `height` is in pixels, None fills the window; `start` is the frame that is shown first.
 * `modules` is where the scripts lie, from the server's first page on, and `glossary` the one
 * among them that says what words mean; `look` is what the page points at, if at anything. A
 * page without a server carries its recordings in place of a token; there selections of a
 * `fixed` name stay as they are: what is shown was recorded for them.
 */
export interface Showing {
  scene: Scene | null;
  token: string;
  run: string;
  notice: string;
  live: boolean;
  select: Record<string, number>;
  picks: boolean;
  resets: boolean;
  rests: boolean;
  palette: Palette;
  height: number | null;
  start: number;
  title: string;
  dials?: Column;
  answers?: string;
  begins?: Beginning;
  modules?: string;
  glossary?: string;
  look?: Look;
  carried?: Carried;
  fixed?: string[];
}

/** One selection that the viewer made in the picture. */
export interface Pick {
  name: string;
  value: number;
}

/** Several selections made at once, such as both ends of a span. */
export interface Picks {
  values: Record<string, number>;
}

/** Where the picture came to rest: the name of the run, and the step of what it shows. */
export interface Rested {
  run: string;
  step: number;
}

/**
 * Where the dials came to rest: all their values, and the editions that the browser knew.
 *
 * `stood` is where the picture of a run stood still: what was turned is meant from there on.
 */
export interface Settled {
  settings: Record<string, string | number | boolean | null>;
  editions: Record<string, number>;
  stood?: Rested;
}

/**
 * What the stage tells the page, by the name of the trigger.
 *
 * "lost" and "reset" carry the token of the run that the server no longer knows, or that the
 * viewer took back to the start. "settled" and "rested" are states, the others are triggers;
 * "rested" is told when the picture stands still for a moment, and never while it plays.
 */
export interface Told {
  lost: string;
  reset: string;
  pick: Pick | Picks;
  settled: Settled;
  rested: Rested;
}

/**
 * What is said of a question, as HTML by the letter of the answer, "-" without one.
 *
 * `live`: only once the run that decides it has come to its end; before, that it is waited for.
 */
export interface DecidesTold {
  live: boolean;
  waiting: Record<string, string>;
  decided: Record<string, string>;
}

/** The recorded values of one dial, as they are written; `own` is the step's, from 0. */
export interface RowTold {
  name: string;
  label: string;
  own: number;
  values: string[];
}

/**
 * What a page carries of one recorded configuration: in which elements, and how it is shown.
 *
 * `last` is the index of the last frame, `address` that of the same in a running laboratory,
 * and `now` what the step's measure finds, of a configuration that is not the step's own.
 */
export interface StateTold {
  scene: string;
  still: string;
  frames: string;
  last: number;
  select: Record<string, number>;
  start: number;
  fixed: string[];
  address: string;
  now: string;
}

/**
 * A step of a lesson without a server: what was recorded, by a dial and the place of a value.
 *
 * The step's own recording has the empty name.
 */
export interface StepTold {
  title: string;
  look: Look;
  question: DecidesTold | null;
  rows: RowTold[];
  states: Record<string, StateTold>;
}

/** What the page of a lesson without a server tells its script. */
export interface LessonTold {
  name: string;
  palette: Palette;
  steps: StepTold[];
}

/**
 * Where the presenter's picture stands: the frame, whether it plays, the stage of the step, and
 * what is selected in it. `following`: it plays at the newest frame of a run that trains.
 */
export interface Picture {
  index: number;
  playing: boolean;
  following: boolean;
  speed: string;
  stage: number;
  selects: Record<string, number>;
}

/** All dials of the presenter's picture, and whether a hand still moves one. */
export interface Turned {
  settings: Record<string, string | number | boolean | null>;
  moving: boolean;
}

/** Where the presenter points: into which part of the page, how far across and down it. */
export interface Spot {
  part: string;
  x: number;
  y: number;
}

/**
 * A question to the room: of which lesson and step, and which of the lesson's questions it is.
 *
 * Lesson, step and `place` count from 0 and say which question of a link is answered.
 */
export interface Asking {
  lesson: string;
  step: number;
  place: number;
  text: string;
  choices: string[];
}

/** An answer: the number of the question, and which choice. */
export interface Vote {
  question: number;
  choice: number;
}

/**
 * What a browser says to a room.
 *
 * First who it is: it would `open` one, or has the `code` of one, with the presenter's
 * `key`, with the `seat` that it was given there before, or with neither. From then on the
 * presenter says what is shown; `steer` takes that over from another tab of the
 * presenter's. A question is opened with `ask`, and closed, decided (`right` is a choice, or
 * −1 where none is) and taken away by saying so. A follower gives a `vote`.
 */
export interface RoomSaid {
  open?: boolean;
  code?: string;
  key?: string;
  seat?: string;
  link?: string;
  picture?: Picture;
  dials?: Turned;
  spot?: Spot | null;
  steer?: boolean;
  ask?: Asking;
  close?: boolean;
  right?: number;
  away?: boolean;
  vote?: Vote;
  end?: boolean;
}

/**
 * A question as a browser in the room sees it.
 *
 * `counts` of the choices are there for the presenter, and for all once it is closed; `yours`
 * is −1 without an answer. `right` is null until the run has decided, and −1 where no choice is.
 */
export interface Poll {
  number: number;
  lesson: string;
  step: number;
  place: number;
  text: string;
  choices: string[];
  open: boolean;
  answered: number;
  counts: number[] | null;
  yours: number;
  right: number | null;
}

/**
 * What a room tells a browser: what has changed, and first of all what there is.
 *
 * `entered` is the code, with the `key` of the presenter or the `seat` of a follower.
 * `people` is how many follow. With `refused`, one sentence, the line ends for good.
 */
export interface RoomTold {
  entered?: string;
  key?: string;
  seat?: string;
  steers?: boolean;
  people?: number;
  link?: string;
  picture?: Picture;
  dials?: Turned;
  spot?: Spot | null;
  poll?: Poll | null;
  refused?: string;
}

export interface Panels {
  plot: Plot;
  timeline: Timeline;
  tokens: Tokens;
  diagram: Diagram;
  unfolding: Unfolding;
  flow: Flow;
  ranking: Ranking;
  tiles: Tiles;
  numbers: Numbers;
  sentence: Sentence;
  choice: Choice;
}

export type Panel = Panels[keyof Panels];

export interface Marks {
  points: Points;
  surface: Surface;
  mesh: Mesh;
  arrows: Arrows;
  curve: Curve;
  history: History;
  rule: Rule;
  band: Band;
  bars: Bars;
  ribbons: Ribbons;
}

export type Mark = Marks[keyof Marks];

export interface Handles {
  point: PointHandle;
  rule: RuleHandle;
  span: SpanHandle;
  bar: BarHandle;
  number: NumberHandle;
  pen: PenHandle;
  cloud: CloudHandle;
}

export type Handle = Handles[keyof Handles];

export type Kind = "float32" | "uint8" | "uint16";

export type State = "idle" | "training" | "paused" | "ended" | "diverged" | "stopped";

/** Numbers that both sides write down. */
export interface Constants {
  PACKET_MAGIC: 826692184;
  REEL_MAGIC: 827085400;
  CHUNK_MAGIC: 826495576;
  ANSWER_MAGIC: 826364504;
  PLAIN_MAGIC: 827347544;
  TOP: { uint8: 255; uint16: 65535 };
  OFFENCE: 1008;
  BUSY: 1013;
  MOST_FRAMES: 2000;
}
