#include <stdint.h>

#include "conv_2d_s8.c"

/*
 * A tile of output pixels, packed into columns, and what the channels that are computed of it go
 * through. The assembly knows the fields by their place: four bytes each.
 */
struct crimp_mul32_tile {
    const int32_t *column;
    const int32_t *end;
    int32_t bytes;  /* of a column */
    int32_t stride; /* of outputs; 0: one pixel, four times */
    int32_t own[9]; /* what the assembly keeps of a channel */
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *multiplier;
    const int16_t *limit;
    const int8_t *shift;
    int8_t *output;
    const int32_t *last_bias;
    int32_t rounding; /* half, and the output offset */
    int32_t limit_shift;
    int32_t up;
    int32_t down;
    const uint16_t *excess;
    int32_t min;
    const uint16_t *next_excess;
    int32_t unused;
};

/* All channels of a tile: the sums of packed_dot.c, rescaled as rescale.c does, with fine = 13. */
static inline void crimp_mul32_tile_channels(struct crimp_mul32_tile *tile,
                                             const struct crimp_mul32_conv_2d *layer)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const struct crimp_mul32_tile *from __asm__("r7") = tile;

    (void)layer;
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
                     ".macro crimp_twice_two_weights\n"
                     "ldmia r1!, {r2}\n"
                     "crimp_two_weights r3\n"
                     "crimp_split\n"
                     "asrs r2, r2, #8\n"
                     "crimp_two_weights r2\n"
                     "crimp_split\n"
                     ".endm\n"
                     ".macro crimp_four_weights\n"
                     "ldmia r1!, {r2}\n"
                     "crimp_two_weights r3\n"
                     "asrs r2, r2, #8\n"
                     "sxtb r3, r2\n"
                     "crimp_next_weight r3\n"
                     "asrs r2, r2, #8\n"
                     "crimp_next_weight r2\n"
                     "crimp_split\n"
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
                     ".macro crimp_store_else x, n\n" /* and one that is negative or too large */
                     "2\\n:\n"
                     "ldr r3, [sp, #40]\n"
                     "cmp \\x, r3\n"
                     "blt 6\\n\\()f\n"
                     "movs r3, \\x\n"
                     "muls r3, r2, r3\n"
                     "asrs r3, r3, #13\n"
                     "muls \\x, r1, \\x\n"
                     "adds \\x, \\x, r3\n"
                     "ldr r3, [sp, #44]\n"
                     "adds \\x, \\x, r3\n"
                     "asrs \\x, \\x, #22\n"
                     "b 5\\n\\()b\n"
                     "6\\n:\n"
                     "ldr \\x, [sp, #100]\n"
                     "b 5\\n\\()b\n"
                     "3\\n:\n"
                     "mov \\x, r9\n"
                     "mov r3, \\x\n"
                     "b 4\\n\\()b\n"
                     ".endm\n"
                     "adds r7, r7, #84\n" /* the structure on the stack, its first field at sp */
                     "ldmia r7!, {r0, r1, r2, r3, r4, r5, r6}\n"
                     "push {r0, r1, r2, r3, r4, r5, r6}\n"
                     "subs r7, r7, #56\n"
                     "ldmia r7!, {r0, r1, r2, r3, r4, r5, r6}\n"
                     "push {r0, r1, r2, r3, r4, r5, r6}\n"
                     "subs r7, r7, #56\n"
                     "ldmia r7!, {r0, r1, r2, r3, r4, r5, r6}\n"
                     "push {r0, r1, r2, r3, r4, r5, r6}\n"
                     "subs r7, r7, #56\n"
                     "ldmia r7!, {r0, r1, r2, r3, r4, r5, r6}\n"
                     "push {r0, r1, r2, r3, r4, r5, r6}\n"
                     "movs r4, #1\n"
                     "lsls r4, r4, #15\n"
                     "mov r12, r4\n"
                     "1:\n" /* a channel: what its sums start from */
                     "ldr r0, [sp, #56]\n"
                     "ldmia r0!, {r2}\n"
                     "str r0, [sp, #56]\n"
                     "lsls r3, r2, #16\n"
                     "adds r3, r3, r2\n"
                     "str r2, [sp, #16]\n"
                     "str r3, [sp, #20]\n"
                     "ldr r0, [sp, #60]\n" /* the halves of its multiplier */
                     "ldmia r0!, {r2}\n"
                     "str r0, [sp, #60]\n"
                     "movs r1, #1\n"
                     "lsls r1, r1, #12\n"
                     "adds r1, r1, r2\n"
                     "asrs r1, r1, #13\n"
                     "lsls r3, r1, #13\n"
                     "subs r2, r2, r3\n"
                     "str r1, [sp, #24]\n"
                     "str r2, [sp, #28]\n"
                     "ldr r0, [sp, #64]\n" /* its highest and lowest sum */
                     "ldrh r1, [r0, #0]\n"
                     "adds r0, r0, #2\n"
                     "str r0, [sp, #64]\n"
                     "ldr r2, [sp, #84]\n"
                     "lsls r1, r1, r2\n"
                     "ldr r2, [sp, #88]\n"
                     "muls r2, r1, r2\n"
                     "asrs r2, r2, #8\n"
                     "str r2, [sp, #36]\n"
                     "ldr r2, [sp, #92]\n"
                     "muls r2, r1, r2\n"
                     "asrs r2, r2, #8\n"
                     "rsbs r2, r2, #0\n"
                     "str r2, [sp, #40]\n"
                     "ldr r0, [sp, #68]\n" /* its roundings */
                     "movs r1, #0\n"
                     "ldrsb r1, [r0, r1]\n"
                     "adds r0, r0, #1\n"
                     "str r0, [sp, #68]\n"
                     "rsbs r1, r1, #0\n"
                     "movs r2, #1\n"
                     "lsls r2, r2, #22\n"
                     "asrs r2, r2, r1\n"
                     "asrs r1, r2, #1\n"
                     "ldr r3, [sp, #80]\n"
                     "adds r3, r3, r1\n"
                     "str r3, [sp, #32]\n"
                     "subs r3, r3, r2\n"
                     "str r3, [sp, #44]\n"
                     "ldr r0, [sp, #72]\n"
                     "str r0, [sp, #48]\n"
                     "adds r0, r0, #1\n"
                     "str r0, [sp, #72]\n"
                     "ldr r0, [sp, #0]\n"
                     "2:\n" /* a column */
                     "ldr r1, [sp, #52]\n"
                     "ldr r2, [sp, #16]\n"
                     "ldr r3, [sp, #20]\n"
                     "mov r8, r2\n"
                     "mov r9, r3\n"
                     "mov r10, r2\n"
                     "mov r11, r3\n"
                     "ldr r2, [sp, #8]\n"
                     "adds r3, r0, r2\n"
                     "mov lr, r3\n"
                     "ldr r3, [sp, #96]\n"
                     "cmp r3, #0\n"
                     "bne 5f\n"
                     "b 13f\n"
                     "5:\n"
                     "lsls r2, r2, #26\n" /* not a multiple of four fours: begin in the middle */
                     "bcc 3f\n"
                     "bmi 15f\n"
                     "b 16f\n"
                     "3:\n"
                     "bmi 17f\n"
                     "14:\n"
                     "crimp_four_weights\n"
                     "15:\n"
                     "crimp_four_weights\n"
                     "16:\n"
                     "crimp_four_weights\n"
                     "17:\n"
                     "crimp_four_weights\n"
                     "cmp r0, lr\n"
                     "beq 18f\n"
                     "b 14b\n"
                     "18:\n"
                     "ldr r2, [sp, #8]\n"
                     "subs r0, r0, r2\n"
                     "ldr r1, [sp, #96]\n"
                     "b 7f\n"
                     "6:\n" /* an entry of the excess */
                     "sxtb r3, r2\n"
                     "lsrs r2, r2, #8\n"
                     "lsls r2, r2, #3\n"
                     "adds r0, r0, r2\n"
                     "crimp_first_weight r3\n"
                     "crimp_split\n"
                     "7:\n"
                     "ldrh r2, [r1, #0]\n"
                     "adds r1, r1, #2\n"
                     "cmp r2, #0\n"
                     "bne 6b\n"
                     "str r1, [sp, #104]\n"
                     "8:\n" /* the four sums */
                     "mov r5, r8\n"
                     "lsls r2, r5, #16\n"
                     "mov r4, r9\n"
                     "subs r4, r4, r2\n"
                     "mov r7, r10\n"
                     "lsls r2, r7, #16\n"
                     "mov r6, r11\n"
                     "subs r6, r6, r2\n"
                     "ldr r0, [sp, #32]\n"
                     "mov r8, r0\n"
                     "ldr r0, [sp, #36]\n"
                     "mov r9, r0\n"
                     "ldr r0, [sp, #12]\n"
                     "mov r10, r0\n"
                     "ldr r1, [sp, #24]\n"
                     "ldr r2, [sp, #28]\n"
                     "ldr r0, [sp, #48]\n"
                     "crimp_store r4, 4\n"
                     "crimp_store r5, 5\n"
                     "crimp_store r6, 6\n"
                     "crimp_store r7, 7\n"
                     "str r0, [sp, #48]\n"
                     "mov r0, lr\n"
                     "ldr r3, [sp, #4]\n"
                     "cmp r0, r3\n"
                     "bne 9f\n"
                     "b 10f\n"
                     "9:\n"
                     "b 2b\n"
                     "crimp_store_else r4, 4\n"
                     "crimp_store_else r5, 5\n"
                     "crimp_store_else r6, 6\n"
                     "crimp_store_else r7, 7\n"
                     "13:\n" /* groups of two */
                     "lsls r2, r2, #26\n"
                     "bcc 3f\n"
                     "bmi 15f\n"
                     "b 16f\n"
                     "3:\n"
                     "bmi 17f\n"
                     "14:\n"
                     "crimp_twice_two_weights\n"
                     "15:\n"
                     "crimp_twice_two_weights\n"
                     "16:\n"
                     "crimp_twice_two_weights\n"
                     "17:\n"
                     "crimp_twice_two_weights\n"
                     "cmp r0, lr\n"
                     "beq 18f\n"
                     "b 14b\n"
                     "18:\n"
                     "b 8b\n"
                     "10:\n"
                     "ldr r1, [sp, #52]\n"
                     "ldr r2, [sp, #8]\n"
                     "lsrs r2, r2, #3\n"
                     "adds r1, r1, r2\n"
                     "str r1, [sp, #52]\n"
                     "ldr r1, [sp, #104]\n"
                     "str r1, [sp, #96]\n"
                     "ldr r0, [sp, #56]\n"
                     "ldr r1, [sp, #76]\n"
                     "cmp r0, r1\n"
                     "beq 9f\n"
                     "b 1b\n"
                     "9:\n"
                     "add sp, #112\n"
                     ".purgem crimp_split\n"
                     ".purgem crimp_first_weight\n"
                     ".purgem crimp_next_weight\n"
                     ".purgem crimp_two_weights\n"
                     ".purgem crimp_twice_two_weights\n"
                     ".purgem crimp_four_weights\n"
                     ".purgem crimp_store\n"
                     ".purgem crimp_store_else\n"
                     : "+l"(from)
                     :
                     : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc",
                       "memory");
#else
    const int32_t count = (int32_t)(tile->end - tile->column) / (2 * layer->depth) * 4;

    while (tile->bias != tile->last_bias) {
        const struct crimp_mul32_factor factor = crimp_mul32_make_factor(
            *tile->multiplier++, *tile->shift++, *tile->limit++, layer->output_offset, &layer->rescale);
        int32_t sums[16];

        tile->excess = crimp_mul32_packed_dots(tile->column, tile->end, tile->weights, layer->depth,
                                               *tile->bias++, tile->excess, sums);
        crimp_mul32_rescale(sums, count, &factor, layer->rescale.fine, tile->output++, tile->stride);
        tile->weights += layer->depth;
    }
#endif
}

/* As crimp_mul32_conv_2d_s8, of a layer that is rescaled. Pixels that make no four go one by one. */
static void crimp_mul32_conv_2d_s8_rescaled(const int8_t *input, int8_t *output, const int8_t *weights,
                                            const int32_t *bias, const int32_t *multiplier,
                                            const int8_t *shift, const int16_t *limit,
                                            const uint16_t *excess, int32_t *columns,
                                            const struct crimp_mul32_conv_2d *layer)
{
    const int32_t one = 1 << crimp_mul32_output_bits;
    const int32_t column = 2 * layer->depth;
    const int32_t channels = layer->output_channels;
    struct crimp_mul32_window at = {input, -layer->padding_top, -layer->padding_left, 0, 0};
    int32_t left = layer->batch * layer->output_height * layer->output_width;

    while (left > 0) {
        const int32_t whole = left < layer->tile ? left & ~3 : layer->tile;
        const int32_t count = whole > 0 ? whole : 1;
        struct crimp_mul32_tile tile;

        tile.column = columns;
        tile.end = columns;
        tile.bytes = 4 * column;
        tile.stride = whole > 0 ? channels : 0;
        tile.weights = weights;
        tile.bias = bias;
        tile.multiplier = multiplier;
        tile.limit = limit;
        tile.shift = shift;
        tile.output = output;
        tile.last_bias = bias + channels;
        tile.rounding = layer->output_offset * one + one / 2;
        tile.limit_shift = layer->rescale.limit_shift;
        tile.up = layer->rescale.up;
        tile.down = layer->rescale.down;
        tile.excess = excess;
        tile.min = layer->store.min;
        tile.next_excess = 0;

        for (int32_t packed = 0; packed < count; packed += 4) {
            crimp_mul32_pack_pixels(columns + packed / 4 * column, &at, whole > 0 ? left - packed : 1, layer);
            tile.end += column;
        }
        crimp_mul32_tile_channels(&tile, layer);
        output += count * channels;
        left -= count;
        if (whole == 0 && left > 0) {
            crimp_mul32_next_window(&at, layer);
        }
    }
}
