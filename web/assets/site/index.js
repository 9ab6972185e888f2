// Pepway's pages work without this file; with it they are quicker to use.
import {
  Button,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from 'govuk-frontend';
import { startConditions } from './conditions.js';
import { startAutosave } from './autosave.js';
import { startPicture } from './pictures.js';
import { startSlider } from './slider.js';

const parts = [
  Button, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios,
  ServiceNavigation, SkipLink,
];
for (const part of parts) createAll(part);
for (const form of document.querySelectorAll('form')) startConditions(form);
for (const form of document.querySelectorAll('form[data-autosave]')) startAutosave(form);
for (const frame of document.querySelectorAll('[data-begins-here]')) startPicture(frame);
for (const slider of document.querySelectorAll('[data-pepway-mirrors]')) startSlider(slider);
