// The picture of a page that plays one run from its own text.

import { mount } from "./main.js";

const [data, run] = ["data", "run"].map((id) => document.getElementById(id));
if (!data || !run) throw new Error("this page carries no run");
mount(run, JSON.parse(data.textContent ?? ""));
