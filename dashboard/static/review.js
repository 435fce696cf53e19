// The review screen: keys, checks while one types, actions, and the next document read ahead. Without it the same form works by itself.

import { Paper } from "/static/paper.js";
import { addRow, deleteRow, joinRow, splitRow, tableOf } from "/static/rows.js";

const CHECK_AFTER_MS = 300;
const LEASE_EVERY_MS = 60_000;

let form, paper, opened, focused, timer, checking, ahead, visited, typed;

function begin() {
  form = document.getElementById("review");
  opened = Date.now();
  ahead = null;
  visited = new Set();
  typed = form.dataset.typed === "1";
  paper = new Paper(form, takeWord);
  form.addEventListener("focusin", (event) => {
    if (!event.target.matches(".fields input, .fields select")) return;
    focused = event.target;
    visited.add(focused.name);
    paper.show(placeOf(focused));
  });
  form.addEventListener("input", (event) => {
    if (event.target.closest(".fields")) changed();
  });
  form.addEventListener("mousedown", (event) => {
    if (event.target.closest('[data-do="split"], [data-do="merge"]')) event.preventDefault(); // the cursor stays where the row is to be split
  });
  form.addEventListener("click", clicked);
  form.addEventListener("submit", submitted);
  focused = firstDoubtful() || form.querySelector('[value="approve"]');
  focused.focus({ preventScroll: true });
  focused.scrollIntoView?.({ block: "nearest" });
  focused.select?.();
  readAhead();
}

const placeOf = (field) => (field?.dataset.box ? { page: Number(field.dataset.page), box: field.dataset.box.split(" ").map(Number) } : null);

const named = (name) => form.elements.namedItem(name);

// Where to look, in this order: broken rules, values read unsurely, warnings. What only informs is passed over.
function stops() {
  const names = ["#issues .error", "#doubts", "#issues .warning"]
    .flatMap((part) => [...form.querySelectorAll(`${part} [data-field]`)])
    .map((each) => each.dataset.field)
    .filter(Boolean);
  return [...new Set(names.map(fieldOf).filter(Boolean))];
}

const fieldOf = (name) => named(name) || firstIn(name);

// A table as a whole: its least sure amount, as a sum that does not hold is an amount that was misread.
function firstIn(prefix) {
  const fields = [...form.querySelectorAll(`.fields [name^="${CSS.escape(prefix)}."]:not([type=hidden])`)];
  const amounts = fields.filter((field) => /\.(net_amount|gross_amount|amount|tax_amount)$/.test(field.name) && field.value);
  return leastSure(amounts) || amounts[0] || fields[0] || form.querySelector(`[value="add.${CSS.escape(prefix)}"]`);
}

function firstDoubtful() {
  const critical = [...form.querySelectorAll(".critical input")];
  return stops()[0] || critical.find((field) => !field.value) || leastSure(critical);
}

function leastSure(fields) {
  return fields.filter((field) => field.dataset.sure).sort((a, b) => a.dataset.sure - b.dataset.sure)[0];
}

function goOn() {
  const next = stops().find((field) => !visited.has(field.name) && field !== document.activeElement);
  if (next) {
    visited.add(next.name);
    focus(next);
  } else form.querySelector('[value="approve"]').focus();
}

function focus(field) {
  field.focus();
  field.select?.();
}

function takeWord(word, page, extend) {
  if (!word || !focused?.matches("input")) return;
  const [x0, y0, x1, y1, text] = word;
  focused.value = extend && focused.value ? `${focused.value} ${text}` : text;
  Object.assign(focused.dataset, { page, box: `${x0} ${y0} ${x1} ${y1}`, clicked: `${page} ${x0} ${y0} ${x1} ${y1} ${focused.value.slice(0, 200)}` });
  focus(focused);
  paper.show(placeOf(focused));
  changed();
}

// What is typed, as the server takes it.
function values(what) {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) data.append(name, value);
  for (const field of form.querySelectorAll("[data-clicked]")) data.append(`box:${field.name}`, field.dataset.clicked);
  data.set("seconds", Math.round((Date.now() - opened) / 1000));
  if (what) data.set("do", what);
  return data;
}

function send(path, body) {
  return fetch(path, { method: "POST", body, headers: { Accept: "application/json", "X-CSRF-Token": named("csrf").value } });
}

function changed() {
  typed = true;
  document.getElementById("approve-word").textContent = "Correct and approve";
  clearTimeout(timer);
  timer = setTimeout(check, CHECK_AFTER_MS);
}

async function check() {
  checking?.abort();
  checking = new AbortController();
  try {
    const headers = { Accept: "application/json", "X-CSRF-Token": named("csrf").value };
    const answer = await fetch(`/review/${form.dataset.id}/check`, { method: "POST", body: values(), headers, signal: checking.signal });
    if (answer.ok) showCheck(await answer.json());
    else say((await answer.json()).problem);
  } catch (error) {
    if (error.name !== "AbortError") say("The server does not answer.");
  }
}

function showCheck({ errors, issues, changed: fields, sum_of_lines }) {
  const list = document.getElementById("issues");
  list.replaceChildren(...issues.map(issueItem));
  if (!issues.length) list.append(element("li", "good", "No rule is broken."));
  document.getElementById("sum").textContent = sum_of_lines;
  for (const note of form.querySelectorAll("[data-note]")) {
    note.textContent = errors[note.dataset.note] || "";
    named(note.dataset.note)?.classList.toggle("bad", note.dataset.note in errors);
  }
  for (const field of form.querySelectorAll(".fields [name]")) field.classList.toggle("changed", fields.includes(field.name));
}

function issueItem({ rule, severity, field, place, message, expected, found }) {
  const item = element("li", severity, "");
  const button = element("button", "plain", "");
  button.type = "button";
  button.dataset.field = field || "";
  button.append(element("b", "", place), ` ${message}`);
  const values = expected ? `, expected ${expected}${found ? `, read ${found}` : ""}` : "";
  const note = element("span", "quiet", "");
  note.append(element("span", "rule", rule), values);
  item.append(button, " ", note);
  return item;
}

function element(tag, kind, text) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}

function say(text) {
  const said = document.getElementById("said");
  said.textContent = text || "";
  said.classList.toggle("empty-notice", !text);
  if (text) said.scrollIntoView({ block: "nearest" });
}

async function act(what) {
  if (form.classList.contains("busy")) return;
  say("");
  form.classList.add("busy");
  try {
    const answer = what === "undo" ? await send(`/review/undo${location.search}`, new URLSearchParams()) : await send(form.getAttribute("action"), values(what));
    const { next, problem, field } = await answer.json();
    if (next) return await show(next);
    say(problem);
    if (field) focus(fieldOf(field) || document.activeElement);
  } catch {
    say("The server does not answer. Nothing was stored.");
  } finally {
    form?.classList.remove("busy");
  }
}

// Another document in this window: read ahead where it is the expected one, so that it is there at once.
async function show(url) {
  typed = false;
  if (!/^\/review\/\d/.test(url)) return location.assign(url);
  const text = ahead?.url === url ? await ahead.text : await read(url);
  if (!text) return location.assign(url);
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.getElementById("review")) return location.assign(url);
  document.title = page.title;
  document.getElementById("main").replaceWith(document.adoptNode(page.getElementById("main")));
  history.pushState(null, "", url);
  begin();
  keepLease();
}

async function read(url) {
  const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}peek=1`, { headers: { Accept: "text/html" } }).catch(() => null);
  return answer?.ok ? answer.text() : null;
}

function readAhead() {
  const url = form.dataset.next;
  if (!/^\/review\/\d/.test(url)) return;
  ahead = { url, text: read(url) };
  ahead.text.then((text) => {
    const source = text && new DOMParser().parseFromString(text, "text/html").getElementById("page")?.getAttribute("src");
    if (source) new Image().src = source;
  });
}

// What was typed is not thrown away by one key.
function leave(go) {
  if (!typed) return go();
  typed = false;
  say("What you typed is not stored. Ctrl+S stores it; the same key again leaves it behind.");
}

async function keepLease() {
  const answer = await send(`/review/${form.dataset.id}/lease`, new URLSearchParams()).catch(() => null);
  const holder = answer?.ok ? (await answer.json()).holder : null;
  if (holder) say(`${holder} has this document open. You can look, but not store anything until they are done.`);
  else if (answer?.ok) document.getElementById("held")?.remove(); // it is ours now
}

function clicked(event) {
  const target = event.target.closest("[data-do], [data-field], [data-into]");
  if (!target) return;
  const { do: what, field, into, value } = target.dataset;
  if (what) {
    const done = doing[what];
    if (!done) return;
    event.preventDefault();
    done();
  } else if (into) {
    focused = named(into);
    focused.value = value;
    focus(focused);
    changed();
  } else if (field) {
    const found = fieldOf(field);
    if (found) focus(found);
  }
}

function submitted(event) {
  const what = event.submitter?.value || "";
  const [step, table] = what.split(".");
  if (["add", "delete", "split", "merge"].includes(step)) {
    if (table === "nothing") return event.preventDefault();
    const body = document.getElementById(table)?.tBodies[0];
    if (!body?.rows.length) {
      typed = false; // goes to the server with the form
      return; // no row to copy: the server makes one
    }
    event.preventDefault();
    change(step, step === "add" ? null : event.submitter.closest("tr"), document.getElementById(table));
  } else {
    event.preventDefault();
    act(what);
  }
}

function change(step, row, table) {
  if (step === "add") addRow(table);
  else if (step === "delete") deleteRow(row);
  else if (step === "split") splitRow(row);
  else joinRow(row);
  changed();
}

const rowOf = (element) => element?.closest("table.cells tbody tr");
const lines = () => document.getElementById("line_items");

function inRow(step) {
  const here = rowOf(document.activeElement);
  if (step === "add") return change("add", null, here ? tableOf(here) : lines());
  const row = here || (step === "delete" ? null : rowOf(focused)); // the buttons below the lines have the focus themselves
  if (row && (step === "delete" || tableOf(row) === lines())) change(step, row);
}

function sameColumn(step) {
  const cell = document.activeElement?.closest("td");
  const beside = step > 0 ? cell?.parentElement.nextElementSibling : cell?.parentElement.previousElementSibling;
  const field = beside?.cells[cell.cellIndex]?.querySelector("input:not([type=hidden]), select");
  if (field) focus(field);
}

const doing = {
  "page-back": () => paper.turn(paper.now - 1),
  "page-on": () => paper.turn(paper.now + 1),
  "zoom-in": () => paper.resize(1.25),
  "zoom-out": () => paper.resize(0.8),
  "zoom-fit": () => paper.resize(0),
  split: () => inRow("split"),
  merge: () => inRow("merge"),
  next: () => leave(() => show(form.dataset.next)),
  undo: () => leave(() => act("undo")),
  help: () => document.getElementById("help").showModal(),
};

const withAlt = {
  KeyN: doing.next,
  KeyU: doing.undo,
  KeyR: () => act("reject"),
  KeyP: () => act("reprocess"),
  KeyW: () => named("reason").focus(),
  KeyA: () => inRow("add"),
  KeyD: () => inRow("delete"),
  KeyS: () => inRow("split"),
  KeyJ: () => inRow("merge"),
  ArrowDown: () => sameColumn(1),
  ArrowUp: () => sameColumn(-1),
  ArrowRight: () => takeWord(paper.wordBeside(placeOf(focused), 1), paper.now, false),
  ArrowLeft: () => takeWord(paper.wordBeside(placeOf(focused), -1), paper.now, false),
  PageDown: doing["page-on"],
  PageUp: doing["page-back"],
  Equal: doing["zoom-in"],
  NumpadAdd: doing["zoom-in"],
  BracketRight: doing["zoom-in"],
  Minus: doing["zoom-out"],
  NumpadSubtract: doing["zoom-out"],
  Slash: doing["zoom-out"],
  Digit0: doing["zoom-fit"],
};

function keyFor(event) {
  if (document.querySelector("dialog[open]")) return null;
  const command = event.ctrlKey || event.metaKey;
  if (event.repeat && event.key === "Enter") return () => {}; // a key held down decides nothing
  if (event.key === "F1") return doing.help;
  if (command && event.key === "Enter") return () => act("approve");
  if (command && event.code === "KeyS") return () => act("correct");
  if (event.altKey && !command) return withAlt[event.code];
  if (event.key === "Enter" && event.target.matches("input, select")) return event.target.name === "reason" ? () => {} : goOn;
  if (event.key === "?" && !event.target.matches("input, select")) return doing.help;
  return null;
}

document.addEventListener("keydown", (event) => {
  const done = keyFor(event);
  if (!done) return;
  event.preventDefault();
  done();
});
addEventListener("popstate", () => location.reload());
addEventListener("beforeunload", (event) => {
  if (typed) event.preventDefault();
});
setInterval(keepLease, LEASE_EVERY_MS);
begin();
