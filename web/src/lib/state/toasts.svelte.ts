const SHOWN_MS = 5000;

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'alert';
}

/** Passing notices. Nothing that must be acted on belongs here: they go by themselves. */
export class Toasts {
  shown: Toast[] = $state([]);
  #nextId = 1;

  show(text: string, tone: Toast['tone'] = 'plain'): void {
    const id = this.#nextId++;
    this.shown = [...this.shown.slice(-2), { id, text, tone }];
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}
