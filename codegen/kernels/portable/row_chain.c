#include <stdint.h>
#include <string.h>

/* Rows of a tensor, one behind the other: those that are still to be read. */
struct crimp_band {
    uint8_t *rows;
    int32_t row_bytes;
    int32_t height; /* of the whole tensor */
    int32_t top;     /* rows of padding above it */
    int32_t padding; /* the byte that rows above and below it are filled with */
};

/* What a band holds at the moment, in rows of the tensor; those above row 0 are padding. */
struct crimp_band_state {
    int32_t first;
    int32_t filled; /* rows of the tensor that have come so far: the one behind the last */
};

/* A layer that computes `step` rows of its output at once. It writes the band behind its own index. */
struct crimp_row_layer {
    void (*compute)(const void **from, void *to);
    uint8_t input_count;
    uint8_t inputs[4]; /* indices of bands */
    int32_t step;
    int32_t stride;
    int32_t top;
    int32_t rows;   /* that it reads, from the first one on */
    int32_t wanted; /* rows that have to be there from the first one read on */
};

struct crimp_row_chain {
    const struct crimp_band *bands;
    struct crimp_band_state *state; /* of each band */
    const struct crimp_row_layer *layers;
    int32_t layer_count;
    void (*read)(int32_t row, void *to); /* the next row of the chain's input */
};

static uint8_t *crimp_band_row(const struct crimp_row_chain *chain, int32_t b, int32_t row)
{
    return chain->bands[b].rows + (row - chain->state[b].first) * chain->bands[b].row_bytes;
}

/* The row of its inputs with which a layer's next window begins. */
static int32_t crimp_row_layer_start(const struct crimp_row_chain *chain, int32_t i)
{
    return chain->state[i + 1].filled * chain->layers[i].stride - chain->layers[i].top;
}

static int crimp_row_layer_is_ready(const struct crimp_row_chain *chain, int32_t i)
{
    const struct crimp_row_layer *layer = &chain->layers[i];
    const int32_t wanted = crimp_row_layer_start(chain, i) + layer->wanted;
    if (chain->state[i + 1].filled == chain->bands[i + 1].height) return 0;
    for (int32_t k = 0; k < layer->input_count; ++k) {
        const int32_t filled = chain->state[layer->inputs[k]].filled;
        if (filled < wanted && filled < chain->bands[layer->inputs[k]].height) return 0;
    }
    return 1;
}

/* The rows from `first` on; those below the tensor's last one are filled with padding. */
static const void *crimp_band_window(const struct crimp_row_chain *chain, int32_t b, int32_t first, int32_t rows)
{
    const struct crimp_band *band = &chain->bands[b];
    const int32_t below = first + rows - band->height;
    if (below > 0) {
        memset(crimp_band_row(chain, b, band->height), band->padding, (size_t)(below * band->row_bytes));
    }
    return crimp_band_row(chain, b, first);
}

/* Lets go of the rows that no layer is going to read, and moves the others to the start of the band. */
static void crimp_band_advance(const struct crimp_row_chain *chain, int32_t b)
{
    const int32_t filled = chain->state[b].filled;
    int32_t first = filled;
    for (int32_t i = 0; i < chain->layer_count; ++i) {
        const struct crimp_row_layer *layer = &chain->layers[i];
        const int32_t start = crimp_row_layer_start(chain, i);
        if (start >= first || chain->state[i + 1].filled == chain->bands[i + 1].height) continue;
        for (int32_t k = 0; k < layer->input_count; ++k) {
            if (layer->inputs[k] == b) first = start;
        }
    }
    if (first > chain->state[b].first) {
        memmove(chain->bands[b].rows, crimp_band_row(chain, b, first),
                (size_t)((filled - first) * chain->bands[b].row_bytes));
        chain->state[b].first = first;
    }
}

/*
 * Computes the last layer that has the rows it needs, again and again; where none has, it reads a row of the input. So
 * bands never hold more rows than they have room for, which was found out by doing the same at compile time.
 */
static void crimp_row_chain_run(const struct crimp_row_chain *chain)
{
    const int32_t count = chain->layer_count;
    for (int32_t b = 0; b <= count; ++b) {
        const struct crimp_band *band = &chain->bands[b];
        memset(band->rows, band->padding, (size_t)(band->top * band->row_bytes));
        chain->state[b].first = -band->top;
        chain->state[b].filled = 0;
    }
    while (chain->state[count].filled < chain->bands[count].height) {
        const void *from[4];
        int32_t i = count - 1;
        while (i >= 0 && !crimp_row_layer_is_ready(chain, i)) --i;
        if (i < 0) {
            const int32_t row = chain->state[0].filled;
            chain->read(row, crimp_band_row(chain, 0, row));
            chain->state[0].filled++;
            continue;
        }
        const struct crimp_row_layer *layer = &chain->layers[i];
        for (int32_t k = 0; k < layer->input_count; ++k) {
            from[k] = crimp_band_window(chain, layer->inputs[k], crimp_row_layer_start(chain, i), layer->rows);
        }
        layer->compute(from, crimp_band_row(chain, i + 1, chain->state[i + 1].filled));
        chain->state[i + 1].filled += layer->step;
        for (int32_t k = 0; k < layer->input_count; ++k) crimp_band_advance(chain, layer->inputs[k]);
    }
}
