/** The page's elements, and numbers, lengths of time and places in words. */

export const $ = (id) => document.getElementById(id);

export function el(tag, text, cls) {
    const element = document.createElement(tag);
    element.textContent = text ?? "";
    if (cls) element.className = cls;
    return element;
}

export const n = (x) => Number(x).toLocaleString("en", { maximumFractionDigits: 0 });

export const many = (x, one, more) => n(x) + " " + (x === 1 ? one : more);

export const tables = (x) => many(x, "table", "tables");

export const rows = (x) => many(x, "row", "rows");

export const sum = (list, value) => list.reduce((all, each) => all + value(each), 0);

/** A number for each second. */
export const rate = (x) => (x >= 10 || Number.isInteger(x) ? n(x) : x.toFixed(1));

export function bytes(b) {
    if (b < 1024) return n(b) + " B";
    if (b < 1024 ** 2) return (b / 1024).toFixed(0) + " KiB";
    if (b < 1024 ** 3) return (b / 1024 ** 2).toFixed(1) + " MiB";
    return (b / 1024 ** 3).toFixed(2) + " GiB";
}

/** A length of time, as people say it. */
export function time(seconds) {
    if (seconds < 1) return "under 1 s";
    if (seconds < 90) return Math.round(seconds) + " s";
    if (seconds < 5400) return Math.round(seconds / 60) + " min";
    if (seconds < 172800) return (seconds / 3600).toFixed(1) + " h";
    return Math.round(seconds / 86400) + " days";
}

const about = (seconds) => (seconds < 1 ? "" : "about ") + time(seconds);

/** How long something takes from here on, of which this part took so long. */
export const left = (part, seconds) => about((seconds * (1 - part)) / part) + " left";

export function ago(at) {
    const seconds = (Date.now() - new Date(at)) / 1000;
    return seconds < 5 ? "just now" : time(seconds) + " ago";
}

/** The lag is known to some seconds only: it is the age of the last message. */
export const lag = (seconds) => (seconds <= 5 ? "at most " + Math.max(1, Math.ceil(seconds)) + " s" : time(seconds));

export const behind = (seconds) => lag(seconds) + " behind";

export function clock(at, withSeconds) {
    const second = withSeconds ? "2-digit" : undefined;
    return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second, hour12: false });
}

/** Database and server of an address, which has neither user nor password. */
export function place(url) {
    const parts = /^jdbc:postgresql:\/\/([^/?]*)\/([^?]*)/.exec(url || "");
    return parts ? { database: parts[2], text: parts[2] + " at " + parts[1] } : { database: "", text: "" };
}
