// The control page: each button sends what its data-target names, each table shows what its data-source gives.
"use strict";

const REFRESH_MS = 1000;
const NEWEST_ROWS = 100;
let tradingDate = "";

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

function fieldValue(field) {
  if (field.dataset.kind === "instant") return `${tradingDate}T${field.value.padEnd(8, ":00")}+07:00`;
  if (field.dataset.kind === "nullable") return field.value === "" ? null : Number(field.value);
  return field.type === "number" ? Number(field.value) : field.value;
}

function request(button) {
  let target = button.dataset.target;
  if (button.dataset.body !== undefined) return [target, button.dataset.body ? JSON.parse(button.dataset.body) : undefined];
  const body = {};
  for (const field of button.form.elements) {
    if (!field.name) continue;
    if (field.dataset.kind === "path") target = target.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.value !== "" || field.dataset.kind === "nullable") body[field.name] = fieldValue(field);
  }
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
  const [target, body] = request(button);
  try {
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

async function fill(table) {
  const columns = table.dataset.columns.split(" ");
  let source = table.dataset.source;
  if (source === "GET /received") {
    source += `?limit=${NEWEST_ROWS}&path=${encodeURIComponent(document.getElementById("path").value)}`;
  }
  let rows = await call(source);
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
}

async function refresh() {
  const clock = await call("GET /clock");
  tradingDate = clock.trading_date;
  document.getElementById("now").textContent = clock.now.slice(0, 19).replace("T", " ");
  document.getElementById("rate").textContent = clock.rate === 0 ? "stopped" : `${clock.rate} ×`;
  document.getElementById("phases").textContent = Object.entries(clock.phases).map((pair) => pair.join(" ")).join(" · ");
  for (const table of document.querySelectorAll("table[data-source]")) {
    const rows = await fill(table);
    if (table.dataset.source === "GET /symbols") options("symbols", rows.map((row) => row.symbol));
    if (table.dataset.source === "GET /accounts") options("numbers", rows.map((row) => row.number));
  }
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
    if (document.getElementById("kinds").childElementCount === 0) await showKinds();
  } catch (error) {
    tell(`the simulator does not answer: ${error.message}`, false);
  }
  setTimeout(keepRefreshing, REFRESH_MS);
}

for (const form of document.forms) form.addEventListener("submit", press);
keepRefreshing();
