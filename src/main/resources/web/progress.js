/** The first copy, while it is made. */

import { $, bytes, left, n, rows, tables, time } from "./words.js";

export function showCopy(copy, state) {
    $("copy").hidden = !copy || state === "streaming";
    if (!copy) return;
    const over = copy.tables > 0 && copy.tablesDone === copy.tables;
    $("progress").value = over ? 100 : 100 * copy.part;
    $("left").textContent = over ? "rows copied; indexes next" : howLong(copy);
    $("copied").textContent =
        `${n(copy.tablesDone)} of ${tables(copy.tables)}, ${rows(copy.rows)}, ${bytes(copy.bytes)}` +
        ` of about ${bytes(copy.expectedBytes)} in ${time(copy.seconds)}.` +
        " Changes made on the source meanwhile wait in Kafka.";
}

function howLong({ part, seconds }) {
    return part > 0.02 && seconds > 1 ? `${Math.round(100 * part)} %, ${left(part, seconds)}` : "just begun";
}
