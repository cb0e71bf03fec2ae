#include <stdint.h>
#include <string.h>

static void crimp_copy(void *output, const void *input, uint32_t bytes)
{
    memcpy(output, input, bytes);
}
