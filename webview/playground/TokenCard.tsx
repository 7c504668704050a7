// How likely a token was, and the likeliest others, beside the token.
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { AnswerToken } from '../../extension/shared/playground';
import { t } from '../page/translate';
import { percentText, visibleText } from './answerTexts';

interface TokenCardProps {
  token: AnswerToken;
  /** Id of the token's element. */
  anchor: string;
}

/** From the window's edge. */
const margin = 8;

export function TokenCard({ token, anchor }: TokenCardProps): VNode {
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const place = document.getElementById(anchor)?.getClientRects()[0];
    if (card.current === null || place === undefined) return;
    const { offsetWidth, offsetHeight, style } = card.current;
    const left = Math.min(place.left, window.innerWidth - offsetWidth - margin);
    const isRoomBelow = place.bottom + offsetHeight + margin < window.innerHeight;
    style.left = `${Math.max(margin, left)}px`;
    style.top = `${isRoomBelow ? place.bottom : Math.max(margin, place.top - offsetHeight)}px`;
  }, [anchor, token]);
  const { name, probability, alternatives } = token;
  const isAmong = alternatives.some(({ text }) => text === name);
  const rows = isAmong ? alternatives : [...alternatives, { text: name, probability }];
  return (
    <div class="token-card" ref={card} role="tooltip">
      {alternatives.length === 0 ? (
        <p class="muted">{t('Nothing is known of this token.')}</p>
      ) : (
        <table>
          <caption class="visually-hidden">{t('What could have stood here')}</caption>
          <tbody>
            {rows.map((one, index) => (
              <tr key={index} class={one.text === name ? 'is-chosen' : undefined}>
                <th scope="row">
                  {one.text === name && (
                    <span class="codicon codicon-arrow-small-right" aria-hidden="true" />
                  )}
                  <code>{visibleText(one.text)}</code>
                </th>
                <td class="token-bar" aria-hidden="true">
                  <span style={{ width: `${100 * one.probability}%` }} />
                </td>
                <td class="number">{percentText(one.probability)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
