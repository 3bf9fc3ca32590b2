/** The comparison of source and target: the last one, and the one that is made now. */

import { ask, post } from "./actions.js";
import { $, ago, bytes, left, many, n, rows, sum, tables, time } from "./words.js";

/** So long the report of a comparison stays that was asked for here. */
const REPORT_MILLIS = 60_000;

let reportedAt = 0;

export async function verify() {
    const agreed = await ask(
        "Verify now?",
        "Every row of every table is read on both servers while they go on. The stream is held for a moment at the point" +
            " of comparison. On large tables this takes its time.",
    );
    if (!agreed) return;
    $("verify").disabled = true;
    $("report").hidden = true;
    say("", "Comparing…");
    try {
        showReport(JSON.parse(await post("/api/verify")));
    } catch (e) {
        say("bad", "Not compared: " + e.message);
    }
    $("verify").disabled = false;
}

/**
 * @param last as it was stored, null when there was none
 * @param now how far one is that was asked for here, on another page or by a command; null when there is none
 */
export function showVerified(last, now) {
    $("comparing").hidden = !now;
    if (now) {
        showProgress(now);
    } else if (last && !$("verify").disabled && Date.now() - reportedAt > REPORT_MILLIS) {
        const outcome = last.equal ? "Equal" : "Different";
        say(last.equal ? "good" : "bad", `${outcome} when last compared, ${ago(last.at)}: ${rows(last.rows)}.`);
    }
}

function showProgress(c) {
    const part = c.expectedBytes > 0 ? Math.min(1, c.bytes / c.expectedBytes) : c.tablesDone / c.tables;
    const known = part > 0.02 && part < 1 && c.seconds > 5;
    $("comparing").value = 100 * part;
    say(
        "",
        `Comparing ${c.table}, table ${n(c.tablesDone + 1)} of ${n(c.tables)},` +
            ` ${bytes(c.bytes)} of about ${bytes(c.expectedBytes)}${known ? ", " + left(part, c.seconds) : ""}.`,
    );
}

function showReport(report) {
    const wrong = report.tables.filter((t) => !t.equal);
    reportedAt = Date.now();
    if (report.equal) {
        const compared = rows(sum(report.tables, (t) => t.sourceRows));
        say("good", `Equal: ${compared} in ${tables(report.tables.length)}, compared in ${time(report.seconds)}.`);
    } else {
        say("bad", `Different: ${tables(wrong.length)} of ${report.tables.length}.`);
    }
    $("report").hidden = report.equal;
    $("report").textContent = wrong.map(lines).join("\n");
}

function lines(t) {
    if (t.problem) return `${t.table}: ${t.problem}`;
    const counts =
        `${t.table}: ${rows(t.sourceRows)} in the source, ${n(t.targetRows)} in the target,` +
        ` ${many(t.differences, "differs", "differ")}`;
    const examples = t.examples.map((e) => `\n    ${e.kind.toLowerCase().replaceAll("_", " ")} ${e.key}`);
    return counts + examples.join("");
}

function say(cls, text) {
    $("verified").className = cls;
    $("verified").textContent = text;
}
