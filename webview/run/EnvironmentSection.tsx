// Where a run came from and where it runs: enough to make it again.
import type { ComponentChildren, VNode } from 'preact';
import type { RunPageState } from '../../extension/shared/pages/runPage';
import { repeatCommand } from '../../extension/shared/repeatCommand';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';

interface EnvironmentSectionProps {
  state: RunPageState;
  onCopy: (text: string) => void;
}

export function EnvironmentSection({ state, onCopy }: EnvironmentSectionProps): VNode {
  const { run, status, folder } = state;
  const command = repeatCommand(run);
  const copy = (what: string, text: string): VNode => (
    <IconButton
      icon="copy"
      label={t('Copy {0}', what)}
      onClick={() => {
        onCopy(text);
      }}
    />
  );
  return (
    <>
      <h2>{t('Train it once more')}</h2>
      <p class="muted">{t('With the experiment file as it is now:')}</p>
      <div class="command">
        <pre tabIndex={0}>{command}</pre>
        {copy(t('the command'), command)}
      </div>
      <h2>{t('Origin')}</h2>
      <dl class="facts">
        <Fact name={t('Run folder')} extra={copy(t('the run folder'), folder)}>
          {folder}
        </Fact>
        <Fact name={t('Experiment file')} extra={copy(t('the path'), run.experimentFile)}>
          {run.experimentFile}
        </Fact>
        <Fact
          name={t('Git commit')}
          extra={run.gitCommit === null ? undefined : copy(t('the commit'), run.gitCommit)}
        >
          {run.gitCommit ?? t('not in a repository')}
        </Fact>
        <Fact name={t('Created')}>{new Date(run.created).toLocaleString()}</Fact>
        <Fact name={t('Machine')}>{status.host ?? '–'}</Fact>
        <Fact name={t('Process')}>
          {status.pid === null ? t('not running') : String(status.pid)}
        </Fact>
        {Object.entries(run.versions).map(([name, version]) => (
          <Fact key={name} name={name}>
            {version}
          </Fact>
        ))}
      </dl>
      <h2>{t('Fingerprints')}</h2>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t('Fingerprints')}>
        <table class="grid-table">
          <thead>
            <tr>
              <th scope="col">{t('What')}</th>
              <th scope="col">{t('File')}</th>
              <th scope="col">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {[
              ...run.model.map((print) => ({ ...print, what: t('Model') })),
              ...run.data.map((print) => ({ ...print, what: t('Data') })),
            ].map(({ what, file, sha256 }) => (
              <tr key={file}>
                <td>{what}</td>
                <td>
                  <code>{file}</code>
                </td>
                <td class="hash">
                  <code title={sha256}>{sha256.slice(0, 12)}</code>
                  {copy(t('the hash of {0}', file), sha256)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface FactProps {
  name: string;
  children: ComponentChildren;
  extra?: VNode | undefined;
}

function Fact({ name, children, extra }: FactProps): VNode {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        <span class="value">{children}</span>
        {extra}
      </dd>
    </div>
  );
}
