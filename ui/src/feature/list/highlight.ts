/** Finds the words of a search in a text, whatever their case. */

/** A piece of a text; a hit or what lies between. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** Returns the text in pieces; together they are the text. */
export function pieces(text: string, words: readonly string[]): Piece[] {
  const wanted = words.filter((word) => word !== '').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (wanted.length === 0) return [{ text, hit: false }];
  const parts = text.split(new RegExp(`(${wanted.join('|')})`, 'giu'));
  return parts.map((part, at) => ({ text: part, hit: at % 2 === 1 })).filter((piece) => piece.text !== '');
}
