// Colours of a picture where the theme's variables are not known: an image in a hover. The standard themes' own.
import type { PictureColors } from './scene';

export type ThemeKind = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

const onDark = ['#3794ff', '#d18616', '#89d185', '#b180d7', '#f14c4c', '#cca700'];
const onLight = ['#1a85ff', '#d18616', '#388a34', '#652d90', '#e51400', '#bf8803'];

export const pictureColors: Record<ThemeKind, PictureColors> = {
  dark: {
    foreground: '#cccccc',
    muted: '#9d9d9d',
    grid: '#3c3c3c',
    background: '#202020',
    series: onDark,
  },
  light: {
    foreground: '#3b3b3b',
    muted: '#616161',
    grid: '#dcdcdc',
    background: '#f8f8f8',
    series: onLight,
  },
  highContrast: {
    foreground: '#ffffff',
    muted: '#ffffff',
    grid: '#5c5c5c',
    background: '#000000',
    series: onDark,
  },
  highContrastLight: {
    foreground: '#292929',
    muted: '#292929',
    grid: '#b0b0b0',
    background: '#ffffff',
    series: onLight,
  },
};
