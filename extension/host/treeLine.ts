// A line of a tree: what is drawn, and what a screen reader says. Free of VS Code.

export interface TreeLine {
  label: string;
  description: string;
  /** For screen readers. */
  spoken: string;
  tooltip: string;
  icon: string;
  /** Theme colour; undefined for that of text. */
  color: string | undefined;
  /** Menus ask for its words: `viewItem =~ /\bcanMoveUp\b/`. */
  context: string;
}
