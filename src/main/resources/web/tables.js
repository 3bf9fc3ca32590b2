/** The tables: what was copied, what was applied, what waits. */

import { replay, resync } from "./actions.js";
import { $, ago, el, n, rate, sum, time } from "./words.js";

/** The status's key, the heading, the cells' classes: a number; left out on a phone; left out on a narrow screen. */
const COLUMNS = [
    ["table", "table", ""],
    ["state", "state", ""],
    ["copiedRows", "rows copied", "n wide wider"],
    ["changes", "changes applied", "n"],
    ["rate", "per second", "n wide"],
    ["lagSeconds", "behind", "n"],
    ["lastChange", "last change", "wide"],
    ["deadLetters", "dead letters", "n"],
];

let order = { column: "table", down: false };
let shown = null;

/* ---- changes per second ---- */

const seen = {};
const rates = {};
let seenAt = 0;

/** Gives each table its rate, smoothed over a few answers; null before the second one. */
export function measure(status) {
    const now = performance.now();
    const seconds = (now - seenAt) / 1000;
    for (const t of status.tables) {
        if (t.table in seen && seconds > 0) {
            const latest = Math.max(0, t.changes - seen[t.table]) / seconds;
            const smoothed = (rates[t.table] || 0) * 0.4 + latest * 0.6;
            rates[t.table] = smoothed < 0.05 ? 0 : smoothed;
        }
        seen[t.table] = t.changes;
        t.rate = seenAt ? rates[t.table] || 0 : null;
    }
    seenAt = now;
}

export const total = (status) =>
    status.tables.some((t) => t.rate != null) ? sum(status.tables, (t) => t.rate || 0) : null;

/* ---- the list ---- */

export function showHeads() {
    $("heads").replaceChildren(...COLUMNS.map(head), el("th", ""));
}

function head([key, label, cls], index) {
    const th = el("th", "", cls);
    const button = el("button", label);
    th.role = "columnheader";
    if (order.column === key) th.ariaSort = order.down ? "descending" : "ascending";
    button.onclick = () => {
        const largestFirst = cls.startsWith("n") || key === "state";
        order = { column: key, down: order.column === key ? !order.down : largestFirst };
        showHeads();
        showTables();
        $("heads").children[index].firstChild.focus();
    };
    th.append(button);
    return th;
}

/** Of this status, or the last one once more. */
export function showTables(status = shown) {
    shown = status;
    if (!shown) return;
    const wanted = $("filter").value.trim().toLowerCase();
    const list = shown.tables.filter((t) => t.table.toLowerCase().includes(wanted)).sort(compare);
    $("count").textContent = wanted ? `${list.length} of ${shown.tables.length}` : shown.tables.length;
    const focused = document.activeElement?.dataset?.key;
    $("tables").replaceChildren(...list.map(row));
    if (focused)
        $("tables")
            .querySelector(`[data-key="${CSS.escape(focused)}"]`)
            ?.focus();
}

const standsStill = (t) => t.state === "stopped" || (t.error && t.state !== "streaming" && t.state !== "copied");

/** As io.caravan.status.PipelineStatus has it. */
const needsPerson = (t) => standsStill(t) || t.deadLetters > 0;

function compare(a, b) {
    const byName = a.table < b.table ? -1 : 1;
    if (order.column === "table" && needsPerson(a) !== needsPerson(b)) return needsPerson(a) ? -1 : 1;
    const x = a[order.column] ?? "";
    const y = b[order.column] ?? "";
    return x === y ? byName : x < y === order.down ? 1 : -1;
}

function row(t) {
    const tr = el("tr");
    tr.role = "row";
    tr.dataset.table = t.table;
    tr.append(
        el("td", t.table, "name"),
        state(t),
        el("td", n(t.copiedRows), "n wide wider"),
        el("td", n(t.changes), "n"),
        el("td", t.rate ? rate(t.rate) : "", "n wide"),
        el("td", t.lagSeconds ? time(t.lagSeconds) : "", "n"),
        lastChange(t),
        letters(t),
    );
    [...tr.cells].slice(2).forEach((cell, i) => (cell.dataset.label = COLUMNS[i + 2][1]));
    const actions = el("td", "", "act");
    if (t.state !== "finished") actions.append(button("resync " + t.table, "Copy again", () => resync(t)));
    tr.append(actions);
    [...tr.cells].forEach((cell) => (cell.role = "cell"));
    return tr;
}

function state(t) {
    const good = t.state === "streaming" || t.state === "finished";
    const td = el("td", t.state, standsStill(t) ? "bad" : good ? "good" : "wait");
    td.title = t.error; // its words stand on top
    if (t.stoppedSince) {
        td.append(" ", el("span", "for " + time((Date.now() - new Date(t.stoppedSince)) / 1000), "small soft"));
    }
    return td;
}

function lastChange(t) {
    const td = el("td", t.lastChange ? ago(t.lastChange) : "", "wide");
    td.title = t.lastChange || "";
    return td;
}

function letters(t) {
    if (!t.deadLetters) return el("td", "", "n");
    const td = el("td", n(t.deadLetters) + " ", "n bad");
    td.append(button("replay " + t.table, "Replay", () => replay(t)));
    return td;
}

/** @param key by which it has the focus again when the list is made anew */
function button(key, label, action) {
    const made = el("button", label);
    made.dataset.key = key;
    made.onclick = action;
    return made;
}
