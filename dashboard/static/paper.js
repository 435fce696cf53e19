// The page picture: pages, zoom, the box of the focused value, and words that can be clicked.

const SVG = "http://www.w3.org/2000/svg";

export class Paper {
  constructor(form, take) {
    this.form = form;
    this.take = take; // (word, page, extend) when a word is clicked
    this.image = document.getElementById("page");
    this.marks = document.getElementById("marks");
    this.scroll = form.querySelector(".paper-scroll");
    this.holder = form.querySelector(".paper");
    this.pages = [];
    this.count = Number(form.dataset.pages);
    this.now = Number(document.getElementById("page-now")?.textContent || 1);
    this.zoom = 1;
    this.box = null;
    if (!this.image) return;
    this.image.addEventListener("load", () => this.draw());
    this.marks.addEventListener("pointerdown", (event) => {
      const word = event.target.closest?.(".word");
      if (!word) return;
      event.preventDefault(); // the value keeps the focus
      this.take(this.pages[this.now - 1].words[Number(word.dataset.n)], this.now, event.shiftKey);
    });
    this.draw(); // the picture may be there before its words are
    this.load();
  }

  async load() {
    const answer = await fetch(`/documents/${this.form.dataset.id}/words`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) this.pages = (await answer.json()).pages;
    this.draw();
  }

  size() {
    const page = this.pages[this.now - 1];
    return page ? [page.width, page.height] : [this.image.naturalWidth / 2 || 595, this.image.naturalHeight / 2 || 842];
  }

  draw() {
    if (!this.image) return;
    const [width, height] = this.size();
    this.marks.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const shapes = (this.pages[this.now - 1]?.words || []).map(([x0, y0, x1, y1, text], n) => {
      const shape = rect(x0, y0, x1, y1, 0.5, "word");
      shape.dataset.n = n;
      const title = document.createElementNS(SVG, "title");
      title.textContent = text;
      shape.append(title);
      return shape;
    });
    this.marks.replaceChildren(...shapes);
    this.mark();
  }

  // Show where a value stands: { page, box: [x0, y0, x1, y1] }, or null.
  show(place) {
    this.box = place;
    if (place && place.page !== this.now) this.turn(place.page);
    else this.mark();
  }

  mark() {
    this.marks?.querySelector(".seen")?.remove();
    if (!this.box || this.box.page !== this.now) return;
    const [x0, y0, x1, y1] = this.box.box;
    this.marks.append(rect(x0, y0, x1, y1, 2, "seen"));
    const [, height] = this.size();
    const y = (y0 / height) * this.holder.clientHeight;
    if (y < this.scroll.scrollTop + 40 || y > this.scroll.scrollTop + this.scroll.clientHeight - 60) {
      this.scroll.scrollTo({ top: y - this.scroll.clientHeight / 3 });
    }
    const x = (x0 / this.size()[0]) * this.holder.clientWidth;
    if (x < this.scroll.scrollLeft || x > this.scroll.scrollLeft + this.scroll.clientWidth - 40) this.scroll.scrollTo({ left: x - 80 });
  }

  turn(page) {
    if (!this.image || page < 1 || page > this.count || page === this.now) return;
    this.now = page;
    document.getElementById("page-now").textContent = page;
    this.image.alt = this.image.alt.replace(/^Page \d+/, `Page ${page}`);
    this.image.src = `/documents/${this.form.dataset.id}/pages/${page}.png`;
    this.draw();
  }

  resize(factor) {
    this.zoom = factor ? Math.min(4, Math.max(0.4, this.zoom * factor)) : 1;
    this.holder.style.width = `${this.zoom * 100}%`;
    this.mark();
  }

  // The word that stands at a place, and the one `step` further on.
  wordBeside(place, step) {
    const words = this.pages[this.now - 1]?.words || [];
    if (!words.length) return null;
    let index = -1;
    if (place?.page === this.now) {
      const distance = (word) => Math.abs(word[0] - place.box[0]) + Math.abs(word[1] - place.box[1]);
      index = words.reduce((best, word, n) => (distance(word) < distance(words[best]) ? n : best), 0);
    }
    return words[Math.min(words.length - 1, Math.max(0, index + step))];
  }
}

function rect(x0, y0, x1, y1, margin, kind) {
  const shape = document.createElementNS(SVG, "rect");
  const values = { x: x0 - margin, y: y0 - margin, width: x1 - x0 + 2 * margin, height: y1 - y0 + 2 * margin, class: kind };
  if (kind === "seen") values.rx = 2;
  for (const [name, value] of Object.entries(values)) shape.setAttribute(name, value);
  return shape;
}
