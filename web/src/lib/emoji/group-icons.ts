import Apple from '@lucide/svelte/icons/apple';
import Car from '@lucide/svelte/icons/car';
import Clock from '@lucide/svelte/icons/clock';
import Flag from '@lucide/svelte/icons/flag';
import Hand from '@lucide/svelte/icons/hand';
import Hash from '@lucide/svelte/icons/hash';
import Leaf from '@lucide/svelte/icons/leaf';
import Lightbulb from '@lucide/svelte/icons/lightbulb';
import Smile from '@lucide/svelte/icons/smile';
import Volleyball from '@lucide/svelte/icons/volleyball';
import type { Component } from 'svelte';

/** What stands for each group of emoji, by its name. */
export const GROUP_ICONS: Record<string, Component<{ size?: number }>> = {
  Recent: Clock,
  Smileys: Smile,
  People: Hand,
  Nature: Leaf,
  Food: Apple,
  Travel: Car,
  Activities: Volleyball,
  Objects: Lightbulb,
  Symbols: Hash,
  Flags: Flag,
};
