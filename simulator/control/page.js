// The control page: each button sends what its data-target names, each table shows what its data-source gives.
"use strict";

const REFRESH_MS = 1000;
const NEWEST_ROWS = 100;
let tradingDate = "";
let phases = {};
let settings = {};

async function call(target, body) {
  const [method, path] = target.split(" ");
  // Relative to the page, so that it also works behind a proxy's prefix.
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path.slice(1), options);
  const text = await answer.text();
  const value = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(typeof value?.detail === "string" ? value.detail : JSON.stringify(value?.detail ?? value));
  return value;
}

function instant(field) {
  const written = field.type === "time" ? `${tradingDate}T${field.value}` : field.value;
  return `${written.padEnd(19, ":00")}+07:00`;
}

function shares(text) {
  const pairs = [...text.matchAll(/([A-Za-z0-9]+)[\s:=]+(-?\d+)/g)].map((found) => [found[1].toUpperCase(), Number(found[2])]);
  if (!pairs.length) throw new Error(`shares were ${text}; write a symbol and a number, such as VIC 100, FPT 50`);
  return Object.fromEntries(pairs);
}

function fieldValue(field) {
  if (field.type === "checkbox") return field.checked;
  if (field.dataset.kind === "instant") return instant(field);
  if (field.dataset.kind === "shares") return shares(field.value);
  if (field.dataset.kind === "nullable") return field.value === "" ? null : Number(field.value);
  return field.type === "number" ? Number(field.value) : field.value;
}

function request(button) {
  let target = button.dataset.target;
  if (button.dataset.body !== undefined) return [target, button.dataset.body ? JSON.parse(button.dataset.body) : undefined];
  const body = {};
  for (const field of button.form.elements) {
    if (field.dataset.kind === "switch") body[document.getElementById("switches").value] = JSON.parse(field.value);
    if (!field.name || (field.type === "checkbox" && !field.checked)) continue;
    if (field.dataset.kind === "path") target = target.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.value !== "" || field.dataset.kind === "nullable") body[field.name] = fieldValue(field);
  }
  const phase = button.dataset.phase;
  if (phase) body.phase = phase === "present" ? phases[body.exchange] : phase;
  return [target, Object.keys(body).length ? body : undefined];
}

function tell(text, good) {
  const told = document.getElementById("told");
  told.textContent = text;
  told.className = good ? "good" : "bad";
}

async function press(event) {
  event.preventDefault();
  const button = event.submitter;
  let target = button.dataset.target;
  try {
    const [resolved, body] = request(button);
    target = resolved;
    await call(target, body);
    tell(`${target} ${body === undefined ? "" : JSON.stringify(body)}: done`, true);
  } catch (error) {
    tell(`${target}: ${error.message}`, false);
  }
  await refresh();
}

function shown(row, column) {
  if (column === "holdings") {
    return Object.entries(row.positions).map(([symbol, position]) => `${symbol} ${position.on_hand}`).join(", ");
  }
  const value = row[column];
  if (value === null || value === undefined) return "";
  if (column === "market") return value.slice(11, 23);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function cell(row, column) {
  const made = document.createElement("td");
  made.textContent = shown(row, column);
  if (typeof row[column] === "number") made.className = "number";
  if (column === "body" || column === "query") made.className = "long";
  return made;
}

function line(cells) {
  const made = document.createElement("tr");
  made.append(...cells);
  return made;
}

function switches(unknowns) {
  return unknowns.flatMap((row) => row.switches.map((each) => {
    return { switch: each.name, now: JSON.stringify(settings[each.name]), ways: each.ways, unknown: row.unknown };
  }));
}

async function fill(table) {
  const columns = table.dataset.columns.split(" ");
  let source = table.dataset.source;
  if (source === "GET /received") {
    source += `?limit=${NEWEST_ROWS}&path=${encodeURIComponent(document.getElementById("path").value)}`;
  }
  let rows = await call(source);
  if (source === "GET /settings/unknowns") rows = switches(rows);
  if ("newest" in table.dataset) rows = rows.slice(-NEWEST_ROWS).reverse();
  const head = line(columns.map((column) => {
    const made = document.createElement("th");
    made.textContent = column.replaceAll("_", " ");
    return made;
  }));
  table.replaceChildren(head, ...rows.map((row) => line(columns.map((column) => cell(row, column)))));
  return rows;
}

function options(id, values) {
  const list = document.getElementById(id);
  if (list.childElementCount === values.length) return;
  list.replaceChildren(...values.map((value) => new Option(value, value)));
  list.dispatchEvent(new Event("change"));
}

async function refresh() {
  const clock = await call("GET /clock");
  tradingDate = clock.trading_date;
  phases = clock.phases;
  settings = await call("GET /settings");
  document.getElementById("now").textContent = clock.now.slice(0, 19).replace("T", " ");
  document.getElementById("rate").textContent = clock.rate === 0 ? "stopped" : `${clock.rate} ×`;
  document.getElementById("phases").textContent = Object.entries(clock.phases).map((pair) => pair.join(" ")).join(" · ");
  for (const table of document.querySelectorAll("table[data-source]")) {
    const rows = await fill(table);
    if (table.dataset.source === "GET /symbols") options("symbols", rows.map((row) => row.symbol));
    if (table.dataset.source === "GET /accounts") options("numbers", rows.map((row) => row.number));
    if (table.dataset.source === "GET /orders") options("orders", rows.map((row) => row.order_id));
    if (table.dataset.source === "GET /settings/unknowns") options("switches", rows.map((row) => row.switch));
  }
  for (const shown of document.querySelectorAll("[data-value]")) {
    shown.textContent = (await call(shown.dataset.value))[shown.dataset.field] ?? "none";
  }
}

async function showChoices() {
  const { schemas } = (await call("GET /openapi.json")).components;
  for (const list of document.querySelectorAll("select[data-enum]")) {
    list.append(...schemas[list.dataset.enum].enum.map((value) => new Option(value, value)));
    if (list.dataset.chosen) list.value = list.dataset.chosen;
  }
}

function showSwitch() {
  document.querySelector("[data-kind=switch]").value = JSON.stringify(settings[document.getElementById("switches").value]);
}

async function showKinds() {
  const kinds = await call("GET /faults/kinds");
  options("kinds", kinds.map((row) => row.kind));
  const list = document.getElementById("kinds");
  const explain = () => {
    const row = kinds.find((each) => each.kind === list.value);
    document.getElementById("meaning").textContent =
      `${row.meaning}. Counts ${row.counts}.${row.value ? ` Value: ${row.value}.` : ""}`;
  };
  list.addEventListener("change", explain);
  explain();
}

async function keepRefreshing() {
  try {
    await refresh();
    if (document.getElementById("kinds").childElementCount === 0) {
      await showChoices();
      await showKinds();
    }
  } catch (error) {
    tell(`the simulator does not answer: ${error.message}`, false);
  }
  setTimeout(keepRefreshing, REFRESH_MS);
}

document.getElementById("switches").addEventListener("change", showSwitch);
for (const form of document.forms) form.addEventListener("submit", press);
keepRefreshing();
