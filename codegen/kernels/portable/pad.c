#include <stdint.h>
#include <string.h>

/* One dimension: bytes of padding before and after its entries, and their number (of the last one: bytes). */
struct crimp_pad_dimension {
    int32_t before;
    int32_t size;
    int32_t after;
};

static inline uint8_t *crimp_pad_fill(uint8_t *output, int32_t value, int32_t bytes)
{
    memset(output, value, (uint32_t)bytes);
    return output + bytes;
}

/* Copies the input's rows with `value` in every byte around them; the input may lie inside the output. */
static void crimp_pad(const uint8_t *input, uint8_t *output, const struct crimp_pad_dimension *dimension,
                      int32_t value)
{
    const int32_t row = dimension[4].size;

    output = crimp_pad_fill(output, value, dimension[0].before);
    for (int32_t i = 0; i < dimension[0].size; ++i) {
        output = crimp_pad_fill(output, value, dimension[1].before);
        for (int32_t j = 0; j < dimension[1].size; ++j) {
            output = crimp_pad_fill(output, value, dimension[2].before);
            for (int32_t k = 0; k < dimension[2].size; ++k) {
                output = crimp_pad_fill(output, value, dimension[3].before);
                for (int32_t l = 0; l < dimension[3].size; ++l) {
                    output = crimp_pad_fill(output, value, dimension[4].before);
                    memmove(output, input, (uint32_t)row);
                    output = crimp_pad_fill(output + row, value, dimension[4].after);
                    input += row;
                }
                output = crimp_pad_fill(output, value, dimension[3].after);
            }
            output = crimp_pad_fill(output, value, dimension[2].after);
        }
        output = crimp_pad_fill(output, value, dimension[1].after);
    }
    crimp_pad_fill(output, value, dimension[0].after);
}
