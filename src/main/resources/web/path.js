/** The path of the data, with the state of each station. */

import { isOver, reached } from "./steps.js";
import { total } from "./tables.js";
import { $, ago, behind, bytes, el, n, place, rate, rows, sum, tables } from "./words.js";

const MARK = { done: "✓", bad: "!", now: "…", gone: "–", "": "·", "done end": "⛁", end: "⛁" };
const SAID = { done: "done", bad: "needs attention", now: "under way", "": "not yet" };

export function showPath(status) {
    $("path").replaceChildren(...stations(status).map(element));
}

function element({ name, state, text }) {
    const li = el("li", "", state);
    const mark = el("span", MARK[state], "mark");
    mark.ariaHidden = "true";
    li.ariaLabel = [name, SAID[state], text].filter(Boolean).join(", ");
    li.dataset.station = name;
    li.append(mark, el("b", name), el("span", text, "d"));
    return li;
}

const station = (name, state, text) => ({ name, state, text });

function stations(s) {
    const streams = reached(s, "streaming");
    return [
        station("source", "done end", place(s.addresses.source).database),
        reached(s, "slot_intended") ? station("preflight", "done", "passed") : station("preflight", "now", "checking"),
        slot(s),
        copy(s, streams),
        connector(s, streams),
        ...(isOver(s)
            ? ["read", "apply", "commit"].map((name) => station(name, "gone", "ended"))
            : [read(s, streams), apply(s, streams), commit(s, streams)]),
        deadLetter(s, streams),
        verify(s),
        station("target", streams ? "done end" : "end", place(s.addresses.target).database),
    ];
}

function slot(s) {
    if (isOver(s) && !s.slot.exists) return station("slot", "gone", "removed");
    if (s.slot.walStatus === "lost") return station("slot", "bad", "changes lost");
    if (!s.slot.exists && reached(s, "slot")) return station("slot", "bad", "absent");
    const state = reached(s, "slot") ? "done" : reached(s, "slot_intended") ? "now" : "";
    return station("slot", state, s.slot.exists ? bytes(s.slot.heldBytes ?? s.slot.lagBytes) + " kept" : "");
}

function copy(s, streams) {
    const state = reached(s, "indexed") ? "done" : reached(s, "slot") ? "now" : "";
    if (s.copy && !streams) return station("copy", state, `${s.copy.tablesDone} of ${tables(s.copy.tables)}`);
    return station("copy", state, reached(s, "copied") ? rows(sum(s.tables, (t) => t.copiedRows)) : "");
}

function connector(s, streams) {
    const is = s.connector.state;
    if (isOver(s) && is !== "RUNNING")
        return station("connector", "gone", is === "ABSENT" ? "removed" : is.toLowerCase());
    const text = is === "ABSENT" ? "" : is.toLowerCase();
    if (is === "RUNNING" || is === "STANDBY") return station("connector", "done", text);
    if (!reached(s, "indexed")) return station("connector", "", text);
    return station("connector", streams || is === "FAILED" ? "bad" : "now", text);
}

const inState = (s, ...states) => s.tables.filter((t) => states.includes(t.state)).length;

function read(s, streams) {
    if (!streams) return station("read", "", "");
    const running = inState(s, "streaming", "retrying");
    return station("read", running || !s.tables.length ? "done" : "bad", tables(running));
}

function apply(s, streams) {
    const stopped = inState(s, "stopped");
    const retrying = inState(s, "retrying");
    if (stopped || retrying) {
        return station(
            "apply",
            streams ? "bad" : "",
            stopped ? tables(stopped) + " stopped" : tables(retrying) + " retrying",
        );
    }
    const changes = total(s);
    return station("apply", streams ? "done" : "", streams && changes != null ? rate(changes) + " rows/s" : "");
}

function commit(s, streams) {
    const known = streams && s.lagSeconds != null;
    return station("commit", known ? "done" : "", known ? behind(s.lagSeconds) : "");
}

function deadLetter(s, streams) {
    if (s.deadLetters) return station("dead letter", "bad", n(s.deadLetters) + " wait");
    return station("dead letter", streams ? "done" : "", streams ? "none" : "");
}

function verify(s) {
    if (s.comparison) return station("verify", "now", "comparing");
    if (!s.verified) return station("verify", "", "not yet");
    return s.verified.equal
        ? station("verify", "done", "equal, " + ago(s.verified.at))
        : station("verify", "bad", "different");
}
