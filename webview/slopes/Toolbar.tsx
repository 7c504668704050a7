// What is shown of the runs, and how it is saved.
import type { ComponentChildren, VNode } from 'preact';
import { Popover } from '../components/Popover';
import { Checkbox, Dropdown, IconButton, TextField } from '../components/toolkit';
import { t } from '../page/translate';
import { Exports, type ExportKind } from './Exports';
import { parseLayers } from './series';
import type { Settings } from './settings';
import { scopeText, typeText } from './texts';
import { scopes, type Scope } from './timeline';

interface ToolbarProps {
  settings: Settings;
  onChange: (change: Partial<Settings>) => void;
  /** All that the runs have. */
  types: readonly string[];
  /** Those that have a plot. */
  shown: readonly string[];
  focus: string;
  onExport: (kind: ExportKind) => void;
  /** In the panel, where room is short: what stands between the choices and the table. */
  isPanel: boolean;
  children: ComponentChildren;
}

export function Toolbar(props: ToolbarProps): VNode {
  const { settings, onChange, shown, focus, onExport } = props;
  const { scope, isTable } = settings;
  return (
    <div class="toolbar" role="toolbar" aria-label={t('View')}>
      <Dropdown
        label={t('Points that count')}
        value={scope}
        options={scopes.map((one) => ({ value: one, text: scopeText(one, t) }))}
        onChange={(value) => {
          onChange({ scope: value as Scope });
        }}
      />
      <Dropdown
        label={t('Modules that the reading is about')}
        value={focus}
        options={shown.map((type) => ({ value: type, text: typeText(type, t) }))}
        onChange={(value) => {
          onChange({ focus: value });
        }}
      />
      {props.isPanel ? props.children : <Filters {...props} />}
      <span class="icons">
        <IconButton
          icon="table"
          label={t('Show as tables')}
          pressed={isTable}
          onClick={() => {
            onChange({ isTable: !isTable });
          }}
        />
        {!props.isPanel && <Exports onExport={onExport} />}
      </span>
    </div>
  );
}

function Filters(props: ToolbarProps): VNode {
  const { settings, onChange } = props;
  const { layers, sameScale } = settings;
  const isUnreadable = parseLayers(layers) === undefined;
  return (
    <>
      <span class="layers">
        <TextField
          label={t('Layers, as 0-3, 7')}
          value={layers}
          placeholder={t('All layers')}
          onInput={(value) => {
            onChange({ layers: value });
          }}
        />
        {isUnreadable && (
          <span role="alert" class="problem">
            {t('Write layers as 0-3, 7.')}
          </span>
        )}
      </span>
      <ModuleFilter {...props} />
      <Checkbox
        checked={sameScale}
        onChange={(value) => {
          onChange({ sameScale: value });
        }}
      >
        {t('Same scale for all')}
      </Checkbox>
    </>
  );
}

function ModuleFilter({ settings, onChange, types }: ToolbarProps): VNode {
  const { hidden } = settings;
  const shown = types.length - hidden.filter((type) => types.includes(type)).length;
  return (
    <Popover label={t('{0} of {1} modules', shown, types.length)} icon="filter">
      {types.map((type) => (
        <Checkbox
          key={type}
          checked={!hidden.includes(type)}
          onChange={(isShown) => {
            const others = hidden.filter((one) => one !== type);
            onChange({ hidden: isShown ? others : [...others, type] });
          }}
        >
          {type}
        </Checkbox>
      ))}
    </Popover>
  );
}
