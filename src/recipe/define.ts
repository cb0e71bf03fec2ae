/** Recipes as programs. */
import type { Recipe } from './schema.js';

/** Gives the recipe back as it is: an editor knows its keys by it. `export default defineRecipe({ … })` */
export function defineRecipe<R extends Recipe>(recipe: R): R {
  return recipe;
}
