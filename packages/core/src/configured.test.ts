import { describe, expect, it } from 'vitest';
import { activations } from './activations.js';
import { Catalogue, type Configured, type Maker, toIdentifier } from './configured.js';

interface Taste extends Configured {
  apply(): string;
}
const taste = (name: string): Maker<Taste> => ({
  name,
  create: (config: { readonly degree?: number }) => ({
    name,
    config: config.degree === undefined ? {} : { degree: config.degree },
    apply: () => `${name} ${config.degree ?? 1}`,
  }),
});
const sweet = taste('sweet');
const tastes = new Catalogue<Taste>('taste', [sweet, taste('sour')]);

describe('Catalogue', () => {
  it('finds a name, a name with options, and takes an object as it is', () => {
    const own: Taste = { name: 'own', config: {}, apply: () => 'own' };
    expect(tastes.resolve('sweet', 'x').apply()).toBe('sweet 1');
    expect(tastes.resolve({ name: 'sour', config: { degree: 3 } }, 'x').apply()).toBe('sour 3');
    expect(tastes.resolve({ name: 'sour' }, 'x').apply()).toBe('sour 1');
    expect(tastes.resolve(own, 'x')).toBe(own);
    expect(tastes.names()).toEqual(['sweet', 'sour']);
  });

  it('leaves what is no name and no object with options as it is, so that it can be refused by name', () => {
    expect(toIdentifier({ name: 'sour', config: { degree: 3 } })).toEqual({
      name: 'sour',
      config: { degree: 3 },
    });
    for (const other of [[1, 2], { name: 'sour' }, { name: 'sour', config: null }]) {
      expect(toIdentifier(other as never)).toEqual(other);
    }
    expect(() => tastes.resolve(toIdentifier([1] as never), 'dense')).toThrow(/taste-unknown/);
  });

  it('names the nearest for a name that nobody defined', () => {
    expect(() => tastes.resolve('swet', 'dense')).toThrow(
      "[dense] No taste is called 'swet'. Expected one of sweet, sour; received 'swet'. Did you mean 'sweet'? (taste-unknown)",
    );
  });

  it.each<[unknown, string]>([
    [7, '7'],
    [null, 'null'],
    [{ name: 7 }, '{"name":7}'],
    [{ name: 'sweet', config: 'very' }, `{"name":"sweet","config":"very"}`],
    [() => 1, 'a function'],
  ])('refuses %o', (identifier, shown) => {
    expect(() => tastes.resolve(identifier, 'dense')).toThrow(
      `[dense] This is not a taste. Expected a name or an object with a name: one of sweet, sour; received ${shown}. (taste-unknown)`,
    );
  });

  it('says an activation', () => {
    expect(() => activations.resolve(7, 'dense')).toThrow('This is not an activation.');
  });

  it('grows by what plugins bring, and is itself unchanged', () => {
    const more = tastes.extend([taste('salty'), sweet]);
    expect(more.names()).toEqual(['sweet', 'sour', 'salty']);
    expect(tastes.names()).toEqual(['sweet', 'sour']);
  });

  it('refuses two different things under one name', () => {
    expect(() => tastes.extend([taste('sweet')])).toThrow(
      "[createRegistry] Two plugins define the taste 'sweet'. Give one of them another name, e.g. with the plugin's name in front. (taste-conflict)",
    );
    const twins = [taste('bitter'), taste('bitter')];
    expect(() => tastes.extend(twins)).toThrow('(taste-conflict)');
  });
});

describe('toIdentifier', () => {
  it('is the name alone where there are no options', () => {
    expect(toIdentifier({ name: 'tanh', config: {} })).toBe('tanh');
    expect(toIdentifier({ name: 'relu', config: { maxValue: 6 } })).toEqual({
      name: 'relu',
      config: { maxValue: 6 },
    });
  });
});
