/** What is the matter, in one sentence, and what needs attention. */

import { doing, isOver, isSettingUp, reached } from "./steps.js";
import { $, behind, el, many } from "./words.js";

export function showHeadline(status) {
    const [cls, text] = headline(status);
    const state = $("state");
    if (state.textContent !== text) state.textContent = text; // or it would be read out each second
    state.className = cls;
    const setUp = isSettingUp(status);
    $("problems").replaceChildren(
        ...alarms(status)
            .filter(([, text]) => !setUp || !isOnlyNotThereYet(status, text))
            .map(([kind, text]) => el("li", text, setUp && cls === "wait" ? "wait" : kind)),
    );
    const goesOn = status.state === "streaming" && status.lagSeconds != null && !status.healthy;
    $("detail").textContent = goesOn ? "The rest goes on: " + behind(status.lagSeconds) + "." : "";
}

function headline(s) {
    const lag = s.lagSeconds == null ? "" : ", " + behind(s.lagSeconds);
    if (isOver(s)) return ["good", "Cut over. This pipeline has ended."];
    if (s.healthy && s.level === "yellow") return ["wait", "Streaming" + lag + ". Someone should look."];
    if (s.healthy) return ["good", "Streaming" + lag + ". All is well."];
    if (s.state === "streaming") {
        return ["bad", "Needs attention: " + many(s.problems.length, "thing is", "things are") + " wrong."];
    }
    if (s.state === "failed") {
        return ["bad", reached(s, "streaming") ? "Stopped: changes are missing." : "Setting up has failed."];
    }
    const silent = s.problems.some((p) => p.includes("does not answer"));
    if (silent && s.step === "none" && s.tables.length === 0) return ["bad", "Something does not answer."];
    return ["wait", doing(s.step)];
}

function alarms(s) {
    if (!s.alarms) return s.problems.map((problem) => ["bad", problem]);
    return s.alarms.map((alarm) => [
        alarm.severity.toLowerCase() === "red" ? "bad" : "wait",
        [alarm.message, alarm.remedy].filter(Boolean).join(" "),
    ]);
}

function isOnlyNotThereYet(s, text) {
    return (
        /not streaming yet/.test(text) ||
        (/no replication slot/.test(text) && !reached(s, "slot")) ||
        /^Connector .* is ABSENT/.test(text)
    );
}
