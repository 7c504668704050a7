// Puts a page's root component into its document.
import { render, type FunctionComponent } from 'preact';
import './page.css';

export function showPage(Root: FunctionComponent): void {
  const place = document.getElementById('page');
  if (place !== null) render(<Root />, place);
}
