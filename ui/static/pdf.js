// Draws the pages of one PDF file (ui-pdf, compiled to wasm). The page that started this worker ends it, also when an answer takes too long.
//
// `{ number, bytes }` opens the file, `{ number, page, width, height }` draws a page; the answer bears the same number, and nothing
// else when it went wrong.
import init, { Pages } from './pdf_pkg.js';

const ready = init({ module_or_path: new URL('./pdf_pkg_bg.wasm', import.meta.url) });
let pages = null;

self.onmessage = async ({ data: { number, bytes, page, width, height } }) => {
  try {
    await ready;
    if (bytes) {
      pages = new Pages(new Uint8Array(bytes));
      return self.postMessage({ number, count: pages.count() });
    }
    const picture = pages.draw(page, width, height);
    self.postMessage({ number, picture }, picture ? [picture.data.buffer] : []);
  } catch (error) {
    console.warn('a PDF file is not shown:', String(error));
    self.postMessage({ number });
  }
};
