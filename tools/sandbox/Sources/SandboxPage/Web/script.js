// What the page shows is told by /page/events: what has changed of each environment and invocation. Everything that was written
// by others (events, responses, logs, names) goes into text nodes and values, never into HTML.
"use strict";

const element = id => document.getElementById(id);
const environments = new Map(), invocations = new Map();
// What is shown: {invocation: id} or {environment: number}.
let chosen = null;
// The version of it that is shown, and the lines of its log that are.
let shown = { version: 0, lines: 0, timeline: 0 };
let isFetching = false;
// True if the event is another one than that of the invocation that is shown.
let isEdited = false;

// MARK: Words

function duration(ms) {
    if (ms === null) return "";
    if (ms >= 10_000) return (ms / 1000).toFixed(1) + " s";
    return ms >= 100 ? Math.round(ms) + " ms" : ms.toFixed(ms < 10 ? 2 : 1) + " ms";
}

const pad = (number, width = 2) => String(number).padStart(width, "0");

function clock(wall) {
    const date = new Date(wall);
    return [date.getHours(), date.getMinutes(), date.getSeconds()].map(part => pad(part)).join(":")
        + "." + pad(date.getMilliseconds(), 3);
}

// The same JSON with a line for each member; no number or string of it is changed.
function indented(text) {
    try { JSON.parse(text); } catch { return text; }
    const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+/g);
    let depth = 0, lines = "";
    const feed = () => "\n" + "  ".repeat(depth);
    tokens.forEach((token, index) => {
        const isEmpty = "{[".includes(tokens[index - 1]) && "}]".includes(token);
        if ("}]".includes(token)) lines += (depth--, isEmpty ? "" : feed());
        lines += token;
        if ("{[".includes(token)) lines += (depth++, "}]".includes(tokens[index + 1]) ? "" : feed());
        if (token === ",") lines += feed();
        if (token === ":") lines += " ";
    });
    return lines;
}

// MARK: The lists

const rowOf = (list, key) => element(list).querySelector(`[data-key="${CSS.escape(String(key))}"]`);

// The row of a list with this key, made where there is none yet.
function makeRow(list, key, isFirst, choose) {
    let row = rowOf(list, key);
    if (row) return row;
    row = document.createElement("button");
    row.type = "button";
    row.className = "row";
    row.dataset.key = key;
    for (const name of ["dot", "amount", "note"]) {
        const span = document.createElement("span");
        span.className = name;
        row.append(span);
    }
    row.addEventListener("click", choose);
    isFirst ? element(list).prepend(row) : element(list).append(row);
    return row;
}

function fill(row, state, ...texts) {
    row.firstElementChild.dataset.state = state;
    texts.forEach((text, index) => { row.children[index].textContent = text; });
}

function showEnvironment(it) {
    environments.set(it.number, it);
    const count = it.invocations === 1 ? "1 invocation" : it.invocations + " invocations";
    const place = makeRow("environments", it.number, false, () => choose({ environment: it.number }));
    fill(place, it.state, `${it.number} · ${it.state}`, count, it.logStream);
    place.title = it.logStream;
}

function showInvocation(it) {
    invocations.set(it.id, it);
    const place = makeRow("invocations", it.id, true, () => choose({ invocation: it.id }));
    const state = it.status ?? it.state;
    const where = it.environment === null ? "" : `environment ${it.environment}, `;
    const attempt = it.isEvent && it.attempt > 0 ? `attempt ${it.attempt} of 3, ` : "";
    const course = it.status === "refused" ? `refused: ${it.errorType}`
        : it.errorType ?? (it.state === "ended" ? it.status : it.state);
    fill(place, state, clock(it.received),
        duration(it.durationMs ?? it.responseMs) || (it.status === "refused" ? "refused" : it.state),
        `${where}${attempt}${course}, ${it.id}`);
}

// As the sandbox forgets what is old, so does the page.
function forget(oldest, kept) {
    for (const [id, it] of invocations) {
        if (it.number >= oldest) break;
        invocations.delete(id);
        rowOf("invocations", id).remove();
    }
    for (const number of environments.keys()) {
        if (kept.includes(number)) continue;
        environments.delete(number);
        rowOf("environments", number).remove();
    }
}

function clear() {
    environments.clear();
    invocations.clear();
    element("environments").replaceChildren();
    element("invocations").replaceChildren();
    choose(null);
    element("notice").hidden = true;
}

// What was said last of the programs: that they are built, or start anew.
function showNotice({ wall, text, output }) {
    const [line, lines] = element("notice").children;
    line.textContent = `${clock(wall)} ${text}`;
    lines.textContent = output.text + (output.isCut ? "\n" + cut(output) : "");
    lines.hidden = output.text === "";
    element("notice").hidden = false;
}

// MARK: The detail

const subject = () => chosen === null ? undefined
    : "invocation" in chosen ? invocations.get(chosen.invocation) : environments.get(chosen.environment);

function choose(what, isByHand = true) {
    chosen = what;
    if (isByHand && what !== null) element("follows").checked = false;
    shown = { version: 0, lines: 0, timeline: 0 };
    element("log").replaceChildren();
    element("timeline").replaceChildren();
    element("fault").textContent = "";
    isEdited = false;
    if (element("invoke").disabled) element("event").value = "{}";
    element("invoke").disabled = false;
    for (const part of ["response", "log", "timeline"]) element("of-" + part).hidden = true;
    element("texts").hidden = what !== null && "environment" in what;
    showSubject();
    // On a phone it stands below the lists.
    if (isByHand && what !== null && matchMedia("(max-width: 52rem)").matches) element("detail").scrollIntoView();
}

// What the list knows of it; the rest is asked for.
function showSubject() {
    for (const current of document.querySelectorAll("[aria-current]")) current.removeAttribute("aria-current");
    const it = subject();
    element("invoke").textContent = it?.id && !isEdited ? "Invoke again" : "Invoke";
    if (it === undefined) {
        element("heading").textContent = chosen?.invocation ?? "Invoke";
        element("facts").replaceChildren();
        return;
    }
    rowOf(it.id ? "invocations" : "environments", it.id ?? it.number).setAttribute("aria-current", "true");
    element("heading").textContent = it.id ?? `Environment ${it.number}`;
    showFacts(it.id ? invocationFacts(it) : environmentFacts(it), it.status);
    if (it.version !== shown.version) fetchDetail();
    showTimeline(it.id ? environments.get(it.environment) : it);
}

const invocationFacts = it => [
    ["status", it.errorType ? `${it.status}: ${it.errorType}` : it.status ?? it.state],
    ["environment", it.environment], ["asked for", clock(it.received)], ["waited for START", duration(it.queuedMs)],
    ["init", duration(it.initMs)], ["response after", duration(it.responseMs)], ["duration", duration(it.durationMs)],
    ["held after the response", duration(it.holdMs)], ["billed", it.billedMs === null ? "" : it.billedMs + " ms"],
    ["memory", it.memoryMB === null ? "" : it.memoryMB + " MB"], ["tenant", it.tenant],
    ["attempt", it.isEvent && it.attempt > 0 ? `${it.attempt} of 3` : ""],
    ["caller", it.isEvent ? "does not wait" : ""],
];

const environmentFacts = it => [
    ["state", it.state], ["invocations", it.invocations], ["init", duration(it.initMs)],
    ["memory", it.memoryMB + " MB"], ["log stream", it.logStream],
];

function showFacts(facts, status) {
    element("facts").replaceChildren(...facts.filter(([, value]) => value !== null && value !== "").map(([name, value]) => {
        const pair = document.createElement("div"), term = document.createElement("dt"), text = document.createElement("dd");
        term.textContent = name;
        text.textContent = value;
        if (name === "status" && status) text.dataset.state = status;
        pair.append(term, text);
        return pair;
    }));
}

async function fetchDetail() {
    if (isFetching) return;
    isFetching = true;
    const asked = chosen;
    const path = "invocation" in asked ? "invocations/" + asked.invocation : "environments/" + asked.environment;
    let answer, detail;
    try {
        answer = await fetch("/page/" + path);
        detail = await answer.json();
    } catch { /* The link says that the sandbox is gone. */ }
    if (detail && asked === chosen) answer.ok ? showDetail(detail) : element("fault").textContent = detail.message;
    // What came meanwhile is asked for a little later: a function that writes much does not keep the page at it.
    await new Promise(resolve => setTimeout(resolve, 150));
    isFetching = false;
    const it = subject();
    if (it !== undefined && it.version > shown.version && element("link").dataset.state === "live") fetchDetail();
}

function showDetail(detail) {
    const isFirst = shown.version === 0;
    shown.version = detail.version;
    if (detail.event && isFirst) {
        element("event").value = indented(detail.event.text);
        element("event").rows = Math.min(14, Math.max(3, element("event").value.split("\n").length));
        element("invoke").disabled = detail.event.isCut;
        if (detail.event.isCut) element("fault").textContent = cut(detail.event);
    }
    element("of-response").hidden = !detail.response;
    if (detail.response) {
        element("response").textContent = detail.response.isCut
            ? `${detail.response.text}\n… ${cut(detail.response)}` : indented(detail.response.text);
    }
    showLog(detail.log);
}

const cut = text => `Only the beginning of ${text.bytes} bytes is kept here.`;

// Adds the lines that are new.
function showLog({ dropped, lines }) {
    const log = element("log");
    const isAtEnd = shown.lines > 0 && log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    while (log.childElementCount > Math.max(0, shown.lines - dropped)) log.firstElementChild.remove();
    for (const [wall, process, text] of lines.slice(Math.max(0, shown.lines - dropped))) {
        const line = document.createElement("div"), time = document.createElement("time");
        time.textContent = clock(wall);
        line.append(time);
        if (process === null) {
            line.className = "service";
        } else if (process !== "function") {
            const name = document.createElement("b");
            name.textContent = process;
            line.append(name);
        }
        line.append(text);
        log.append(line);
    }
    shown.lines = dropped + lines.length;
    element("of-log").hidden = shown.lines === 0;
    element("dropped").hidden = dropped === 0;
    element("dropped").textContent = `${dropped} older lines are not kept.`;
    if (isAtEnd) log.scrollTop = log.scrollHeight;
}

// Draws it anew, at most once at a time: the picture that is there stays until the next is complete.
async function showTimeline(environment) {
    if (environment === undefined || shown.timeline === environment.version || showTimeline.isBusy) return;
    showTimeline.isBusy = true;
    const asked = chosen;
    shown.timeline = environment.version;
    const picture = new Image();
    picture.alt = `The life of environment ${environment.number}: who was at work when`;
    picture.src = `/page/environments/${environment.number}/timeline.svg?version=${environment.version}`;
    try {
        await picture.decode();
        if (asked === chosen) {
            element("timeline").replaceChildren(picture);
            element("timeline-heading").textContent = `Timeline of environment ${environment.number}`;
            element("of-timeline").hidden = false;
        }
        await new Promise(resolve => setTimeout(resolve, 300));
    } catch { /* It is not kept any more, or the sandbox is gone. */ }
    showTimeline.isBusy = false;
    showSubject();
}

// MARK: Invoking

element("invoke").addEventListener("click", async () => {
    element("fault").textContent = "";
    const like = chosen?.invocation ? "?like=" + chosen.invocation : "";
    try {
        const answer = await fetch("/page/invocations" + like, {
            method: "POST", headers: { "Content-Type": "application/json" }, body: element("event").value,
        });
        const { id, message } = await answer.json();
        if (!answer.ok) return element("fault").textContent = message;
        choose({ invocation: id });
    } catch {
        element("fault").textContent = "The sandbox does not answer.";
    }
});

// Whoever edits an event keeps it in view.
element("event").addEventListener("input", () => {
    element("follows").checked = false;
    element("invoke").disabled = false;
    element("invoke").textContent = "Invoke";
    isEdited = true;
});
element("follows").addEventListener("change", follow);

function follow() {
    if (!element("follows").checked) return;
    const newest = [...invocations.keys()].at(-1);
    if (newest !== undefined && chosen?.invocation !== newest) choose({ invocation: newest }, false);
}

// MARK: The link to the sandbox

function take(news) {
    if (news.isNew) clear();
    element("function").textContent = news.function;
    document.title = `${news.function} · lambda-sandbox`;
    news.environments.forEach(showEnvironment);
    news.invocations.forEach(showInvocation);
    if (news.notice) showNotice(news.notice);
    forget(news.oldest, news.kept);
    element("none").hidden = invocations.size > 0;
    follow();
    showSubject();
}

function setLink(state, text) {
    element("link").dataset.state = state;
    element("link").textContent = text;
}

function listen() {
    const source = new EventSource("/page/events");
    source.onopen = () => setLink("live", "live");
    source.onmessage = event => take(JSON.parse(event.data));
    source.onerror = () => {
        setLink("waiting", "the sandbox is gone; waiting for it");
        // Some browsers give up where nobody listens.
        if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
    };
}

listen();
