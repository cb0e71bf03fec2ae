#include <stdint.h>
#include <string.h>

/* A number beyond the table stands for the nearest row. */
static inline uint32_t crimp_embedding_row(int32_t number, int32_t rows)
{
    if (number < 0)
        return 0;
    return (uint32_t)(number < rows ? number : rows - 1);
}

/* Rows of a table of `rows`, each of that many bytes. */
static void crimp_embedding_lookup(const int32_t *numbers, int32_t count, const void *table, int32_t rows,
                                   uint32_t row_bytes, void *output)
{
    const uint8_t *from = table;
    uint8_t *to = output;

    for (int32_t i = 0; i < count; ++i) {
        memcpy(to, from + crimp_embedding_row(numbers[i], rows) * row_bytes, row_bytes);
        to += row_bytes;
    }
}

/* The real values of an int8 table whose zero point is 0. */
static void crimp_embedding_lookup_s8_f32(const int32_t *numbers, int32_t count, const int8_t *table, int32_t rows,
                                          int32_t columns, float *output, float scale)
{
    for (int32_t i = 0; i < count; ++i) {
        const int8_t *row = table + crimp_embedding_row(numbers[i], rows) * (uint32_t)columns;

        for (int32_t column = 0; column < columns; ++column)
            *output++ = scale * (float)row[column];
    }
}
