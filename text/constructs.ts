/** Where the inline part of our Markdown differs from CommonMark’s, as constructs of micromark. */
import { attention, characterEscape } from 'micromark-core-commonmark';
import type { Code, Construct, Extension, State } from 'micromark-util-types';

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    literal: 'literal';
    literalMarker: 'literalMarker';
    literalValue: 'literalValue';
  }
}

const is = (code: Code, pattern: RegExp) =>
  code !== null && pattern.test(String.fromCharCode(code));

/** Of ASCII only: scripts without spaces set marks within their text. */
const WORD = /[a-z0-9]/i;
/** A backslash before any other character is one; a Windows path keeps all of its own. */
const ESCAPABLE = /[*_~`|[\]@#:>+-]/;
const SHRUG = '¯\\_(ツ)_/¯';

/** Signs between word and word are as typed, as in `2*3*4`; and so is `__`, of which programmers make names. */
const emphasis: Construct = {
  name: 'emphasis',
  resolveAll: attention.resolveAll!,
  tokenize(effects, ok, nok) {
    const { previous } = this;
    const end: State = (code) => {
      const [, sequence] = this.events.at(-1)!;
      const isDunder = /^__/.test(this.sliceSerialize(sequence));
      if (isDunder || (is(previous, WORD) && is(code, WORD))) {
        sequence._open = sequence._close = false;
      }
      return ok(code);
    };
    return attention.tokenize.call(this, effects, end, nok);
  },
};

const escape: Construct = {
  name: 'escape',
  tokenize(effects, ok, nok) {
    const marker: State = (code) => {
      effects.enter('literal');
      effects.enter('literalMarker');
      effects.consume(code);
      effects.exit('literalMarker');
      return value;
    };
    const value: State = (code) => {
      if (!is(code, ESCAPABLE)) return nok(code);
      effects.enter('literalValue');
      effects.consume(code);
      effects.exit('literalValue');
      effects.exit('literal');
      return ok;
    };
    return marker;
  },
};

/** It would lose an arm. */
const shrug: Construct = {
  name: 'shrug',
  tokenize(effects, ok, nok) {
    let length = 0;
    const next: State = (code) => {
      if (code !== SHRUG.charCodeAt(length)) return nok(code);
      effects.consume(code);
      if (++length < SHRUG.length) return next;
      effects.exit('literalValue');
      effects.exit('literal');
      return ok;
    };
    return (code) => {
      effects.enter('literal');
      effects.enter('literalValue');
      return next(code);
    };
  },
};

export const chatConstructs: Extension = {
  text: { 42: emphasis, 95: emphasis, 92: escape, 175: shrug },
  // Within the address of a link, as ever.
  string: { 92: { ...characterEscape, name: 'escapeInString' } },
  disable: {
    null: [
      // Blocks are told apart before; see `blocks.ts`.
      ...['blockQuote', 'codeFenced', 'codeIndented', 'definition', 'headingAtx', 'htmlFlow'],
      ...['list', 'setextUnderline', 'thematicBreak'],
      // Replaced above.
      ...['attention', 'characterEscape'],
      // Nobody who types these in a chat means them.
      ...['characterReference', 'hardBreakEscape', 'htmlText', 'labelStartImage'],
    ],
  },
};
