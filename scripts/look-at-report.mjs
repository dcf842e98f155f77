// Looks at rendered reports as a reader does, in a headless Chromium: nothing is asked of the network, the console has
// nothing to say, nothing is wider than the window, and axe finds no fault, in light and in dark, small and large.
//
//   node scripts/look-at-report.mjs CHROMIUM AXE [--pictures DIR] REPORT…
//
// AXE is axe-core's axe.min.js. With `--pictures` each look is kept as a PNG file, and the printed page as a PDF.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const WIDTHS = [360, 768, 1280, 1600];
const SCHEMES = ["light", "dark"];

const [chromium, axePath, ...rest] = process.argv.slice(2);
const pictures = rest[0] === "--pictures" ? rest.splice(0, 2)[1] : null;
if (!chromium || !axePath || rest.length === 0) {
    console.error("usage: look-at-report.mjs CHROMIUM AXE [--pictures DIR] REPORT…");
    process.exit(2);
}
const axe = readFileSync(axePath, "utf8");

// The browser speaks through two pipes: a message is JSON that ends with a NUL.
class Browser {
    constructor(program) {
        this.home = mkdtempSync(join(tmpdir(), "look-at-report-"));
        const flags = ["--remote-debugging-pipe", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-dev-shm-usage", `--user-data-dir=${this.home}`, "about:blank"];
        this.process = spawn(program, flags, { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] });
        this.said = "";
        this.process.stderr.on("data", (text) => { this.said += text; });
        this.process.on("exit", (code) => this.end(new Error(`the browser ended with ${code}: ${this.said}`)));
        this.process.on("error", (error) => this.end(error));
        this.waiting = new Map();
        this.listeners = new Set();
        this.next = 1;
        let received = "";
        this.process.stdio[4].setEncoding("utf8").on("data", (text) => {
            const messages = (received + text).split("\0");
            received = messages.pop();
            messages.forEach((message) => this.take(JSON.parse(message)));
        });
    }

    take(message) {
        const waiting = this.waiting.get(message.id);
        this.waiting.delete(message.id);
        if (message.error) waiting?.reject(new Error(message.error.message));
        else waiting?.resolve(message.result);
        if (message.method) this.listeners.forEach((listener) => listener(message));
    }

    end(error) {
        this.waiting.forEach(({ reject }) => reject(error));
        this.waiting.clear();
    }

    send(method, params = {}, sessionId = undefined) {
        const id = this.next++;
        this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    }

    async close() {
        const ended = new Promise((resolve) => this.process.on("exit", resolve));
        await this.send("Browser.close").catch(() => {});
        await ended;
        rmSync(this.home, { recursive: true, force: true });
    }
}

// One look at one page: what is wrong with it.
async function look(browser, file, width, scheme) {
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    const send = (method, params) => browser.send(method, params, sessionId);
    const url = pathToFileURL(realpathSync(file)).href;
    const wrong = [];
    let loaded;
    const isLoaded = new Promise((resolve) => { loaded = resolve; });
    const listener = ({ method, params, sessionId: from }) => {
        if (from !== sessionId) return;
        if (method === "Page.loadEventFired") loaded();
        if (method === "Log.entryAdded") wrong.push(`console: ${params.entry.text}`);
        if (method === "Runtime.consoleAPICalled") wrong.push(`console: ${params.args.map((arg) => arg.value).join(" ")}`);
        if (method === "Runtime.exceptionThrown") wrong.push(`exception: ${params.exceptionDetails.text}`);
        if (method === "Network.requestWillBeSent" && params.request.url !== url) wrong.push(`request: ${params.request.url}`);
    };
    browser.listeners.add(listener);
    await Promise.all(["Page", "Runtime", "Log", "Network"].map((domain) => send(`${domain}.enable`)));
    await send("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
    await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await send("Page.navigate", { url });
    await isLoaded;
    const evaluate = async (expression) => {
        const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
    };
    if (pictures) await picture(send, evaluate, `${basename(dirname(realpathSync(file)))}-${width}-${scheme}`, width);
    // Faults hide in what is folded.
    await evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
    const widest = await evaluate("document.documentElement.scrollWidth");
    if (widest > width) wrong.push(`it is ${widest} pixels wide`);
    await evaluate(`${axe}; 0`);
    const found = await evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(
        ({ id, help, nodes }) => id + ": " + help + ": " + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + " " + failureSummary).join(" | ")))`);
    wrong.push(...found.map((fault) => `axe: ${fault}`));
    browser.listeners.delete(listener);
    await browser.send("Target.closeTarget", { targetId });
    return wrong;
}

async function picture(send, evaluate, name, width) {
    const height = await evaluate("document.documentElement.scrollHeight");
    const clip = { x: 0, y: 0, width, height, scale: 1 };
    const { data } = await send("Page.captureScreenshot", { format: "png", clip, captureBeyondViewport: true });
    writeFileSync(join(pictures, `${name}.png`), Buffer.from(data, "base64"));
    if (name.endsWith("1280-light")) {
        const { data: printed } = await send("Page.printToPDF", { printBackground: true, preferCSSPageSize: true });
        writeFileSync(join(pictures, `${name}.pdf`), Buffer.from(printed, "base64"));
    }
}

const browser = new Browser(chromium);
let looks = 0;
let faults = 0;
try {
    for (const file of rest) {
        for (const width of WIDTHS) {
            for (const scheme of SCHEMES) {
                const wrong = await look(browser, file, width, scheme);
                wrong.forEach((fault) => console.error(`${file}, ${width} pixels, ${scheme}: ${fault}`));
                looks += 1;
                faults += wrong.length;
            }
        }
    }
} finally {
    await browser.close();
}
console.log(`${looks} looks at ${rest.length} reports: ${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;
