#include <stdint.h>

#include "conv_2d_s8.c"

/*
 * A tile of output pixels, packed into columns, and what the channels that are computed of it go
 * through. The assembly knows the fields by their place, four bytes each; `own` are what it keeps of
 * a channel.
 */
struct crimp_mul32_tile {
    const int8_t *weights;
    int32_t own_sums[2];
    int32_t bytes; /* of a column */
    int32_t own_entry;
    int32_t own_rounding[2];
    int32_t stride; /* of outputs; 0: one pixel, in a column of one word for each weight */
    int32_t own[5];
    const int32_t *scale;
    const int32_t *last_scale;
    const int32_t *column;
    const int32_t *end;
    int8_t *output;
    int32_t rounding; /* half, and the output offset */
    int32_t min;
    const uint16_t *excess;
    const uint16_t *next_excess;
    int32_t has_lowest;
    int32_t depth;
};

/* The next channel's share: its bias, and how it is rescaled. */
static inline int32_t crimp_mul32_next_scale(struct crimp_mul32_tile *tile, struct crimp_mul32_factor *factor)
{
    const int32_t bias = *tile->scale++;
    const int32_t multiplier = *tile->scale++;
    const int32_t highest = *tile->scale++;
    const int32_t step = (1 << crimp_mul32_output_bits) >> (highest & 31);

    factor->high = (multiplier + (1 << 12)) >> 13;
    factor->low = multiplier - factor->high * (1 << 13);
    factor->rounding = tile->rounding + step / 2;
    factor->below = factor->rounding - step;
    factor->highest = highest >> 5;
    factor->lowest = tile->has_lowest ? *tile->scale++ : 0;
    return bias;
}

/* The sum of one pixel: bias + sum over k of column[k] * weights[k], and the excess, which it goes past. */
static inline int32_t crimp_mul32_pixel_dot(struct crimp_mul32_tile *tile, int32_t bias)
{
    const int32_t *x = tile->column;
    int32_t sum = bias;

    for (int32_t k = 0; k < tile->depth; ++k) {
        sum += x[k] * tile->weights[k];
    }
    if (tile->excess != 0) {
        for (; *tile->excess != 0; ++tile->excess) {
            x += *tile->excess >> 8;
            sum += *x++ * (int8_t)(*tile->excess & 255);
        }
        ++tile->excess;
    }
    return sum;
}

/* All channels of a tile: the sums of packed_dot.c, rescaled as rescale.c does, with fine = 13. */
static inline void crimp_mul32_tile_channels(struct crimp_mul32_tile *tile)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const struct crimp_mul32_tile *from __asm__("r7") = tile;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_split\n" /* take the lanes of r6 and r7 apart */
                     "add r9, r6\n"
                     "add r6, r12\n"
                     "asrs r6, r6, #16\n"
                     "add r8, r6\n"
                     "add r11, r7\n"
                     "add r7, r12\n"
                     "asrs r7, r7, #16\n"
                     "add r10, r7\n"
                     ".endm\n"
                     ".macro crimp_first_weight weight\n"
                     "ldmia r0!, {r6, r7}\n"
                     "muls r6, \\weight, r6\n"
                     "muls r7, \\weight, r7\n"
                     ".endm\n"
                     ".macro crimp_two_weights second\n" /* the lowest two of r2 */
                     "sxtb r3, r2\n"
                     "ldmia r0!, {r4, r5, r6, r7}\n"
                     "muls r4, r3, r4\n"
                     "muls r5, r3, r5\n"
                     "asrs r2, r2, #8\n"
                     ".ifc \\second, r3\n"
                     "sxtb r3, r2\n"
                     ".endif\n"
                     "muls r6, \\second, r6\n"
                     "muls r7, \\second, r7\n"
                     "adds r6, r6, r4\n"
                     "adds r7, r7, r5\n"
                     ".endm\n"
                     ".macro crimp_next_weight weight\n"
                     "ldmia r0!, {r4, r5}\n"
                     "muls r4, \\weight, r4\n"
                     "muls r5, \\weight, r5\n"
                     "adds r6, r6, r4\n"
                     "adds r7, r7, r5\n"
                     ".endm\n"
                     ".macro crimp_twice_two_weights\n" /* 74 bytes */
                     "ldmia r1!, {r2}\n"
                     "crimp_two_weights r3\n"
                     "crimp_split\n"
                     "asrs r2, r2, #8\n"
                     "crimp_two_weights r2\n"
                     "crimp_split\n"
                     ".endm\n"
                     ".macro crimp_four_weights\n" /* 64 bytes */
                     "ldmia r1!, {r2}\n"
                     "crimp_two_weights r3\n"
                     "asrs r2, r2, #8\n"
                     "sxtb r3, r2\n"
                     "crimp_next_weight r3\n"
                     "asrs r2, r2, #8\n"
                     "crimp_next_weight r2\n"
                     "crimp_split\n"
                     ".endm\n"
                     ".macro crimp_constants\n" /* of the rescaling, and whether sums below 0 count */
                     "add r3, sp, #20\n"
                     "ldmia r3!, {r0, r1, r2}\n"
                     "mov r8, r0\n"
                     "mov r9, r1\n"
                     "mov r10, r2\n"
                     "ldmia r3, {r0, r1, r2, r3}\n"
                     "cmp r3, #0\n"
                     ".endm\n"
                     ".macro crimp_store x, n\n" /* rescale a sum */
                     "movs r3, \\x\n"
                     "bmi 2\\n\\()f\n"
                     "cmp \\x, r9\n"
                     "bgt 3\\n\\()f\n"
                     "4\\n:\n"
                     "muls r3, r2, r3\n"
                     "asrs r3, r3, #13\n"
                     "muls \\x, r1, \\x\n"
                     "adds \\x, \\x, r3\n"
                     "add \\x, r8\n"
                     "asrs \\x, \\x, #22\n"
                     "5\\n:\n"
                     "strb \\x, [r0]\n"
                     "add r0, r10\n"
                     ".endm\n"
                     ".macro crimp_store_smallest x, n\n" /* where no sum below 0 gives more */
                     "2\\n:\n"
                     "ldr \\x, [sp, #76]\n"
                     "b 5\\n\\()b\n"
                     "3\\n:\n"
                     "mov \\x, r9\n"
                     "mov r3, \\x\n"
                     "b 4\\n\\()b\n"
                     ".endm\n"
                     ".macro crimp_store_else x, n\n" /* and one that is negative or too large */
                     "2\\n:\n"
                     "ldr r3, [sp, #44]\n"
                     "cmp \\x, r3\n"
                     "blt 6\\n\\()f\n"
                     "movs r3, \\x\n"
                     "muls r3, r2, r3\n"
                     "asrs r3, r3, #13\n"
                     "muls \\x, r1, \\x\n"
                     "adds \\x, \\x, r3\n"
                     "ldr r3, [sp, #48]\n"
                     "adds \\x, \\x, r3\n"
                     "asrs \\x, \\x, #22\n"
                     "b 5\\n\\()b\n"
                     "6\\n:\n"
                     "ldr \\x, [sp, #76]\n"
                     "b 5\\n\\()b\n"
                     "3\\n:\n"
                     "mov \\x, r9\n"
                     "mov r3, \\x\n"
                     "b 4\\n\\()b\n"
                     ".endm\n"
                     "adds r7, r7, #72\n" /* the structure on the stack, its first field at sp */
                     "ldmia r7!, {r0, r1, r2, r3, r4, r5}\n"
                     "push {r0, r1, r2, r3, r4, r5}\n"
                     "subs r7, r7, #48\n"
                     "ldmia r7!, {r0, r1, r2, r3, r4, r5}\n"
                     "push {r0, r1, r2, r3, r4, r5}\n"
                     "subs r7, r7, #48\n"
                     "ldmia r7!, {r0, r1, r2, r3, r4, r5}\n"
                     "push {r0, r1, r2, r3, r4, r5}\n"
                     "subs r7, r7, #48\n"
                     "ldmia r7!, {r0, r1, r2, r3, r4, r5}\n"
                     "push {r0, r1, r2, r3, r4, r5}\n"
                     "lsrs r4, r3, #5\n" /* not a multiple of four fours: begin in the middle */
                     "rsbs r4, r4, #0\n"
                     "movs r5, #3\n"
                     "ands r4, r5\n"
                     "ldr r6, [sp, #80]\n"
                     "ldr r5, [sp, #28]\n"
                     "cmp r5, #0\n"
                     "bne 1f\n"
                     "adr r5, 20f\n"
                     "b 3f\n"
                     "1:\n"
                     "movs r5, #64\n"
                     "cmp r6, #0\n"
                     "bne 1f\n"
                     "movs r5, #74\n"
                     "1:\n"
                     "muls r4, r5, r4\n"
                     "adr r5, 14f\n"
                     "cmp r6, #0\n"
                     "bne 1f\n"
                     "adr r5, 80f\n"
                     "1:\n"
                     "adds r5, r5, r4\n"
                     "3:\n"
                     "adds r5, r5, #1\n"
                     "str r5, [sp, #16]\n"
                     "movs r4, #0\n"
                     "str r4, [sp, #44]\n"
                     "adds r4, r4, #1\n"
                     "lsls r4, r4, #15\n"
                     "mov r12, r4\n"
                     "1:\n" /* a channel: what its sums start from */
                     "ldr r0, [sp, #52]\n"
                     "ldmia r0!, {r1, r2, r3}\n"
                     "lsls r4, r1, #16\n"
                     "adds r4, r4, r1\n"
                     "str r1, [sp, #4]\n"
                     "str r4, [sp, #8]\n"
                     "movs r4, #1\n" /* the halves of its multiplier */
                     "lsls r5, r4, #12\n"
                     "adds r5, r5, r2\n"
                     "asrs r5, r5, #13\n"
                     "str r5, [sp, #36]\n"
                     "lsls r5, r5, #13\n"
                     "subs r2, r2, r5\n"
                     "str r2, [sp, #40]\n"
                     "asrs r5, r3, #5\n" /* its highest sum */
                     "str r5, [sp, #24]\n"
                     "lsls r4, r4, #22\n" /* its roundings */
                     "lsls r3, r3, #27\n"
                     "lsrs r3, r3, #27\n"
                     "lsrs r4, r3\n"
                     "lsrs r5, r4, #1\n"
                     "ldr r3, [sp, #72]\n"
                     "adds r3, r3, r5\n"
                     "str r3, [sp, #20]\n"
                     "ldr r5, [sp, #88]\n"
                     "cmp r5, #0\n"
                     "beq 4f\n"
                     "subs r3, r3, r4\n"
                     "str r3, [sp, #48]\n"
                     "ldmia r0!, {r3}\n" /* its lowest sum */
                     "str r3, [sp, #44]\n"
                     "4:\n"
                     "str r0, [sp, #52]\n"
                     "ldr r0, [sp, #68]\n"
                     "str r0, [sp, #32]\n"
                     "adds r0, r0, #1\n"
                     "str r0, [sp, #68]\n"
                     "ldr r0, [sp, #60]\n"
                     "2:\n" /* a column */
                     "mov r7, sp\n"
                     "ldmia r7!, {r1, r2, r3, r4, r5}\n"
                     "mov r8, r2\n"
                     "mov r9, r3\n"
                     "mov r10, r2\n"
                     "mov r11, r3\n"
                     "adds r4, r4, r0\n"
                     "mov lr, r4\n"
                     "bx r5\n"
                     ".balign 4\n"
                     "14:\n" /* groups of four */
                     "crimp_four_weights\n"
                     "crimp_four_weights\n"
                     "crimp_four_weights\n"
                     "crimp_four_weights\n"
                     "cmp r0, lr\n"
                     "beq 18f\n"
                     "b 14b\n"
                     "18:\n"
                     "ldr r1, [sp, #80]\n"
                     "ldrh r2, [r1, #0]\n"
                     "adds r1, r1, #2\n"
                     "cmp r2, #0\n"
                     "beq 7f\n"
                     "ldr r3, [sp, #12]\n"
                     "subs r0, r0, r3\n"
                     "6:\n" /* an entry of the excess */
                     "sxtb r3, r2\n"
                     "lsrs r2, r2, #8\n"
                     "lsls r2, r2, #3\n"
                     "adds r0, r0, r2\n"
                     "crimp_first_weight r3\n"
                     "crimp_split\n"
                     "ldrh r2, [r1, #0]\n"
                     "adds r1, r1, #2\n"
                     "cmp r2, #0\n"
                     "bne 6b\n"
                     "7:\n"
                     "str r1, [sp, #84]\n"
                     "8:\n" /* the four sums */
                     "mov r5, r8\n"
                     "lsls r2, r5, #16\n"
                     "mov r4, r9\n"
                     "subs r4, r4, r2\n"
                     "mov r7, r10\n"
                     "lsls r2, r7, #16\n"
                     "mov r6, r11\n"
                     "subs r6, r6, r2\n"
                     "crimp_constants\n"
                     "bne 13f\n"
                     "crimp_store r4, 14\n"
                     "crimp_store r5, 15\n"
                     "crimp_store r6, 16\n"
                     "9:\n"
                     "crimp_store r7, 17\n"
                     "19:\n"
                     "str r0, [sp, #32]\n"
                     "mov r0, lr\n"
                     "ldr r3, [sp, #64]\n"
                     "cmp r0, r3\n"
                     "beq 10f\n"
                     "b 2b\n"
                     "10:\n"
                     "ldr r1, [sp, #0]\n"
                     "ldr r2, [sp, #92]\n"
                     "adds r1, r1, r2\n"
                     "str r1, [sp, #0]\n"
                     "ldr r1, [sp, #84]\n"
                     "str r1, [sp, #80]\n"
                     "ldr r0, [sp, #52]\n"
                     "ldr r1, [sp, #56]\n"
                     "cmp r0, r1\n"
                     "beq 11f\n"
                     "b 1b\n"
                     "11:\n"
                     "b 12f\n"
                     "crimp_store_smallest r4, 14\n"
                     "crimp_store_smallest r5, 15\n"
                     "crimp_store_smallest r6, 16\n"
                     "crimp_store_smallest r7, 17\n"
                     "13:\n"
                     "crimp_store r4, 4\n"
                     "crimp_store r5, 5\n"
                     "crimp_store r6, 6\n"
                     "83:\n"
                     "crimp_store r7, 7\n"
                     "b 19b\n"
                     "crimp_store_else r4, 4\n"
                     "crimp_store_else r5, 5\n"
                     "crimp_store_else r6, 6\n"
                     "crimp_store_else r7, 7\n"
                     ".balign 4\n"
                     "20:\n" /* one pixel */
                     "ldmia r1!, {r2}\n"
                     "ldmia r0!, {r4, r5, r6, r7}\n"
                     "sxtb r3, r2\n"
                     "muls r4, r3, r4\n"
                     "asrs r2, r2, #8\n"
                     "sxtb r3, r2\n"
                     "muls r5, r3, r5\n"
                     "asrs r2, r2, #8\n"
                     "sxtb r3, r2\n"
                     "muls r6, r3, r6\n"
                     "asrs r2, r2, #8\n"
                     "muls r7, r2, r7\n"
                     "adds r4, r4, r5\n"
                     "adds r6, r6, r7\n"
                     "adds r4, r4, r6\n"
                     "add r8, r4\n"
                     "cmp r0, lr\n"
                     "bne 20b\n"
                     "ldr r1, [sp, #80]\n"
                     "cmp r1, #0\n"
                     "beq 23f\n"
                     "ldr r2, [sp, #12]\n"
                     "subs r0, r0, r2\n"
                     "b 22f\n"
                     "21:\n"
                     "sxtb r3, r2\n"
                     "lsrs r2, r2, #8\n"
                     "lsls r2, r2, #2\n"
                     "adds r0, r0, r2\n"
                     "ldmia r0!, {r4}\n"
                     "muls r4, r3, r4\n"
                     "add r8, r4\n"
                     "22:\n"
                     "ldrh r2, [r1, #0]\n"
                     "adds r1, r1, #2\n"
                     "cmp r2, #0\n"
                     "bne 21b\n"
                     "str r1, [sp, #84]\n"
                     "23:\n"
                     "mov r7, r8\n"
                     "crimp_constants\n"
                     "bne 83b\n"
                     "b 9b\n"
                     ".balign 4\n"
                     "80:\n" /* groups of two */
                     "crimp_twice_two_weights\n"
                     "crimp_twice_two_weights\n"
                     "crimp_twice_two_weights\n"
                     "crimp_twice_two_weights\n"
                     "cmp r0, lr\n"
                     "beq 18f\n"
                     "b 80b\n"
                     "18:\n"
                     "b 8b\n"
                     "12:\n"
                     "add sp, #96\n"
                     ".purgem crimp_split\n"
                     ".purgem crimp_first_weight\n"
                     ".purgem crimp_next_weight\n"
                     ".purgem crimp_two_weights\n"
                     ".purgem crimp_twice_two_weights\n"
                     ".purgem crimp_four_weights\n"
                     ".purgem crimp_constants\n"
                     ".purgem crimp_store\n"
                     ".purgem crimp_store_smallest\n"
                     ".purgem crimp_store_else\n"
                     : "+l"(from)
                     :
                     : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc",
                       "memory");
#else
    while (tile->scale != tile->last_scale) {
        struct crimp_mul32_factor factor;
        const int32_t bias = crimp_mul32_next_scale(tile, &factor);
        int32_t count = 1;
        int32_t sums[16];

        if (tile->stride == 0) {
            sums[0] = crimp_mul32_pixel_dot(tile, bias);
        } else {
            count = (int32_t)(tile->end - tile->column) / (2 * tile->depth) * 4;
            tile->excess = crimp_mul32_packed_dots(tile->column, tile->end, tile->weights, tile->depth, bias,
                                                   tile->excess, sums);
        }
        crimp_mul32_rescale(sums, count, &factor, 13, tile->output++, tile->stride);
        tile->weights += tile->depth;
    }
#endif
}

/* Packs four pixels of a 1x1 filter, which lie one behind the other. */
static void crimp_mul32_pack_four(int32_t *column, const int8_t *input,
                                  const struct crimp_mul32_conv_2d *layer)
{
    const int32_t channels = layer->input_channels;

    for (int32_t word = 0; word < 2; ++word) {
        crimp_mul32_pack(column + word, 2, input, 1, input + channels, 1, channels);
        input += 2 * channels;
    }
    for (int32_t k = 2 * channels; k < 2 * layer->depth; ++k) {
        column[k] = 0;
    }
}

/*
 * As crimp_mul32_conv_2d_s8, of a layer that is rescaled. scales: for each channel its bias,
 * multiplier, and (highest sum) * 2^5 + right shift; if there are outputs below the offset, the
 * lowest sum too. Pixels that make no four go one by one. A 1x1 filter that goes over all pixels as
 * they lie comes as one row.
 */
static void crimp_mul32_conv_2d_s8_rescaled(const int8_t *input, int8_t *output, const int8_t *weights,
                                            const int32_t *scales, const uint16_t *excess, int32_t *columns,
                                            const struct crimp_mul32_conv_2d *layer)
{
    const int32_t one = 1 << crimp_mul32_output_bits;
    const int32_t depth = layer->depth;
    const int32_t channels = layer->output_channels;
    const int32_t has_lowest = layer->rescale.down != 0;
    struct crimp_mul32_window at = {input, -layer->padding_top, -layer->padding_left, 0, 0};
    int32_t left = layer->batch * layer->output_height * layer->output_width;
    const int32_t is_row = layer->filter_height * layer->filter_width == 1 && left == layer->output_width &&
                           left == layer->input_width;

    while (left > 0) {
        const int32_t whole = left < layer->tile ? left & ~3 : layer->tile;
        const int32_t count = whole > 0 ? whole : 1;
        struct crimp_mul32_tile tile;

        tile.weights = weights;
        tile.bytes = whole > 0 ? 8 * depth : 4 * depth;
        tile.stride = whole > 0 ? channels : 0;
        tile.scale = scales;
        tile.last_scale = scales + (has_lowest ? 4 : 3) * channels;
        tile.column = columns;
        tile.end = columns + tile.bytes / 4 * ((count + 3) / 4);
        tile.output = output;
        tile.rounding = layer->output_offset * one + one / 2;
        tile.min = layer->store.min;
        tile.excess = excess;
        tile.next_excess = 0;
        tile.has_lowest = has_lowest;
        tile.depth = depth;

        for (int32_t packed = 0; packed < count; packed += 4) {
            int32_t *column = columns + packed / 2 * depth;

            if (is_row && whole > 0) {
                crimp_mul32_pack_four(column, input + at.x * layer->input_channels, layer);
                at.x += 4;
            } else {
                crimp_mul32_pack_pixels(column, &at, whole > 0 ? left - packed : 1, layer);
            }
        }
        if (whole == 0) {
            for (int32_t k = 0; k < depth; ++k) {
                columns[k] = (int16_t)(columns[2 * k] & 0xffff);
            }
        }
        crimp_mul32_tile_channels(&tile);
        output += count * channels;
        left -= count;
        if (whole == 0 && left > 0) {
            crimp_mul32_next_window(&at, layer);
        }
    }
}
