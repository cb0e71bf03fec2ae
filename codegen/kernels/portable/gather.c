#include <stdint.h>
#include <string.h>

struct crimp_gather {
    int32_t batch;       /* rows of numbers, each for its own part of the input */
    int32_t outer;       /* how often a row is used */
    int32_t entries;     /* along the axis */
    int32_t numbers;     /* in a row */
    uint32_t entry_size; /* bytes */
};

/* Entries by their numbers; one beyond the axis stands for the nearest. */
static void crimp_gather(const void *input, const int32_t *numbers, void *output, const struct crimp_gather *gather)
{
    const uint8_t *part = input;
    uint8_t *to = output;

    for (int32_t batch = 0; batch < gather->batch; ++batch) {
        for (int32_t outer = 0; outer < gather->outer; ++outer) {
            for (int32_t i = 0; i < gather->numbers; ++i) {
                int32_t entry = numbers[i] < 0 ? 0 : numbers[i];

                if (entry >= gather->entries)
                    entry = gather->entries - 1;
                memcpy(to, part + (uint32_t)entry * gather->entry_size, gather->entry_size);
                to += gather->entry_size;
            }
            part += (uint32_t)gather->entries * gather->entry_size;
        }
        numbers += gather->numbers;
    }
}
