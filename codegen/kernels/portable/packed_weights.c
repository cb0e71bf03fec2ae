#include <stdint.h>

/*
 * Weights as a stream of bits, from the lowest bit of the first word on. A row, the weights of one output, is
 * a run of tokens: `gap_bits` that say how many zeros to skip, and `index_bits` that say which entry of the
 * codebook follows them. The gap `skip` has no entry behind it. A row ends where it is full. Without gap_bits
 * every weight is an entry.
 */
struct crimp_packing {
    int32_t gap_bits;   /* at most 8 */
    int32_t index_bits; /* at most 8 */
    int32_t skip;       /* the largest gap; without gap_bits 1, which none is */
};

/* A place in the stream. */
struct crimp_packed_weights {
    const uint16_t *next;
    uint32_t window; /* the bits before it, */
    int32_t spare;   /* 16 of them and this many more */
};

static inline struct crimp_packed_weights crimp_packed_start(const uint16_t *stream)
{
    struct crimp_packed_weights at;

    at.next = stream + 2;
    at.window = stream[0] | (uint32_t)stream[1] << 16;
    at.spare = 16;
    return at;
}

static inline int32_t crimp_packed_bits(struct crimp_packed_weights *at, int32_t count)
{
    const uint32_t bits = at->window & ((1u << count) - 1u);

    at->window >>= count;
    at->spare -= count;
    return (int32_t)bits;
}

/* Between tokens: 16 bits are enough for the next one. */
static inline void crimp_packed_refill(struct crimp_packed_weights *at)
{
    if (at->spare < 0) {
        at->spare += 16;
        at->window |= (uint32_t)*at->next++ << at->spare;
    }
}

/* The next row as it is: `count` weights. */
static void crimp_unpack_row(struct crimp_packed_weights *at, int8_t *row, int32_t count,
                             const int8_t *codebook, const struct crimp_packing *packing)
{
    for (int32_t i = 0; i < count; ++i) {
        row[i] = 0;
    }
    for (int32_t i = 0; i < count;) {
        const int32_t gap = crimp_packed_bits(at, packing->gap_bits);

        i += gap;
        if (gap != packing->skip) {
            row[i++] = codebook[crimp_packed_bits(at, packing->index_bits)];
        }
        crimp_packed_refill(at);
    }
}
