/** Throughput, lag and WAL over the last hours. */

import { $, bytes, clock, el, rate, time } from "./words.js";

const MOST_SECONDS = 21_700; // a little more than the longest range
const FOOT = 16; // pixels below the base line
const samples = { at: [], rates: [], lags: [], wals: [] };

/** least: the lowest top of the scale, so that a ripple is no mountain. */
const CHARTS = [
    { id: "rates", label: "rows per second", format: (x) => rate(x) + "/s", least: 10 },
    { id: "lags", label: "seconds behind", format: time, least: 10 },
    { id: "wals", label: "WAL kept", format: bytes, least: 65536 },
];

export async function readHistory() {
    try {
        const answer = await fetch("/api/history?since=" + (samples.at.at(-1) ?? 0), { cache: "no-store" });
        for (const [at, changes, lag, wal] of (await answer.json()).samples) {
            samples.at.push(at);
            samples.rates.push(changes);
            samples.lags.push(lag);
            samples.wals.push(wal);
        }
        const old = samples.at.findIndex((at) => at > Date.now() / 1000 - MOST_SECONDS);
        if (old > 0) Object.values(samples).forEach((list) => list.splice(0, old));
        $("rate").textContent = samples.at.length ? rate(samples.rates.at(-1)) : "–";
        drawAll();
    } catch {
        // told by the headline
    }
    setTimeout(readHistory, 5000);
}

export const drawAll = () => CHARTS.forEach(draw);

function draw(chart) {
    const box = $(chart.id);
    const scale = scaleOf(chart, box.clientWidth, box.clientHeight);
    const tip = box.querySelector(".tip");
    box.innerHTML = svg(chart, scale); // only numbers and our own words in it
    if (tip) box.append(tip);
    box.onpointermove = (e) => {
        const t = scale.start + (scale.span * e.offsetX) / scale.width;
        const nearest = scale.points.reduce((b, p) => (!b || Math.abs(p[0] - t) < Math.abs(b[0] - t) ? p : b), null);
        if (nearest) hint(box, nearest, scale, chart.format);
    };
    box.onpointerleave = () => {
        box.querySelector(".tip")?.remove();
        box.querySelector(".at").innerHTML = "";
    };
}

/** The points of the range, and where they lie. */
function scaleOf({ id, least }, width, height) {
    const end = Date.now() / 1000;
    const range = document.querySelector("#range :checked").value;
    const span = Math.max(60, Math.min(range, end - (samples.at[0] ?? end)));
    const start = end - span;
    const points = samples.at.map((at, i) => [at, samples[id][i]]).filter(([at, v]) => at >= start && v != null);
    const most = points.reduce((m, p) => Math.max(m, p[1]), 0);
    const top = round(Math.max(most, least), id === "wals");
    const x = (at) => (width * (at - start)) / span;
    const y = (v) => (height - FOOT) * (1 - v / top);
    return { width, height, span, start, points, most, top, x, y };
}

function svg({ label, format }, scale) {
    const { width, height, span, points, most, top, y } = scale;
    const base = height - FOOT;
    const now = points.length ? format(points.at(-1)[1]) : "unknown";
    const { line, area } = paths(scale);
    return `
        <svg viewBox="0 0 ${width} ${height}" role="img"
                aria-label="${label}, last ${time(span)}: now ${now}, highest ${format(most)}">
            <line class="base" x1="0" x2="${width}" y1="${base}" y2="${base}"/>
            <line class="top" x1="0" x2="${width}" y1="${y(top)}" y2="${y(top)}"/>
            <path class="area" d="${area}"/><path class="line" d="${line}"/>
            <text x="2" y="${y(top) + 12}">${format(top)}</text>${ticks(scale)}<g class="at"></g>
        </svg>`;
}

/** A line with a hole where nothing was measured for long, and what lies below it. */
function paths({ width, height, span, points, x, y }) {
    const base = height - FOOT;
    const longest = Math.max(20, (4 * span) / width);
    const pieces = [];
    for (const p of thin(points, width)) {
        const piece = pieces.at(-1);
        if (piece && p[0] - piece.at(-1)[0] <= longest) piece.push(p);
        else pieces.push([p]);
    }
    const drawn = pieces.map(
        (piece) => "M" + piece.map((p) => x(p[0]).toFixed(1) + " " + y(p[1]).toFixed(1)).join("L"),
    );
    const area = drawn.map((line, i) => {
        const [from, to] = [pieces[i][0], pieces[i].at(-1)].map((p) => x(p[0]).toFixed(1));
        return `${line}L${to} ${base}L${from} ${base}Z`;
    });
    return { line: drawn.join(""), area: area.join("") };
}

function ticks({ width, height, span, start }) {
    return ["start", "middle", "middle", "end"]
        .map((anchor, i) => {
            const text = i === 3 ? "now" : clock((start + (span * i) / 3) * 1000, span < 600);
            return `<text x="${(width * i) / 3}" y="${height - 2}" text-anchor="${anchor}">${text}</text>`;
        })
        .join("");
}

function hint(box, [at, value], { width, x, y }, format) {
    let tip = box.querySelector(".tip");
    if (!tip) {
        tip = el("div", "", "tip");
        box.append(tip);
    }
    tip.textContent = format(value) + " at " + clock(at * 1000);
    tip.style.left = Math.min(width - 60, Math.max(60, x(at))) + "px";
    box.querySelector(".at").innerHTML = `<circle cx="${x(at)}" cy="${y(value)}" r="3.5"/>`;
}

/** The next round number above. */
function round(value, binary) {
    const base = binary ? 2 : 10;
    const power = base ** Math.floor(Math.log(value) / Math.log(base));
    return [1, 2, 5, 10].find((m) => m * power >= value) * power;
}

/** No more points than pixels: the highest of each stretch stays. */
function thin(points, width) {
    const size = Math.ceil(points.length / Math.max(1, width));
    if (size < 2) return points;
    const highest = [];
    for (let i = 0; i < points.length; i += size) {
        highest.push(points.slice(i, i + size).reduce((a, b) => (b[1] > a[1] ? b : a)));
    }
    return highest;
}
