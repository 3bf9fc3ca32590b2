/** What a person can have done. Each asks first, and each is a POST to this page's own server. */

import { $, many, sum } from "./words.js";

const letters = (x) => many(x, "dead letter", "dead letters");

export const resync = (t) =>
    act({
        title: `Copy ${t.table} again?`,
        text:
            "Its rows are copied anew from the source while the other tables go on." +
            " Readers of the target see the old rows until the new ones are complete.",
        doing: `Copying ${t.table}…`,
        url: `/api/tables/${encodeURIComponent(t.table)}/resync`,
        done: () => `${t.table} was copied again.`,
    });

export const replay = (t) =>
    act({
        title: `Replay the dead letters of ${t.table}?`,
        text: "Mend the cause first. What is rejected again stays a dead letter.",
        doing: `Replaying ${letters(t.deadLetters)} of ${t.table}…`,
        url: "/api/dead-letters/replay",
        body: { table: t.table },
        done: replayed,
    });

function replayed(answer) {
    const tables = JSON.parse(answer);
    const done = letters(sum(tables, (t) => t.replayed.length)) + " replayed";
    const refused = tables.flatMap((t) => t.refused);
    return refused.length
        ? `${done}, ${many(refused.length, "was", "were")} rejected again: ${refused[0].error}`
        : done + ".";
}

/** Says what becomes of it where the eye is. */
async function act({ title, text, doing, url, body, done }) {
    if (!(await ask(title, text))) return;
    const said = $("said");
    said.className = "card";
    said.hidden = false;
    said.textContent = doing;
    try {
        said.textContent = done(await post(url, body));
    } catch (e) {
        said.className = "card bad";
        said.textContent = "Not done: " + e.message;
    }
}

/** Whether the person agrees. */
export function ask(title, text) {
    const dialog = $("ask");
    $("asktitle").textContent = title;
    $("asktext").textContent = text;
    dialog.showModal();
    return new Promise((answer) => {
        $("yes").onclick = () => {
            answer(true);
            dialog.close();
        };
        $("no").onclick = () => dialog.close();
        dialog.onclose = () => answer(false); // after an answer it changes nothing
    });
}

export async function post(url, body) {
    const answer = await fetch(url, {
        method: "POST",
        headers: body ? { "Content-Type": "application/json" } : {},
        body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text || "The server answers with status " + answer.status + ".");
    return text;
}
