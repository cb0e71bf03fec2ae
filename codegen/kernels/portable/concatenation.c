#include <stdint.h>
#include <string.h>

/* One input's part of a row of the output; the input may lie inside the output, behind what is written of it. */
static void crimp_concatenation(void *output, const void *input, uint32_t bytes)
{
    memmove(output, input, bytes);
}
