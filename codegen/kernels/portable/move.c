#include <stdint.h>
#include <string.h>

/* Neighbors to neighbors; the input may lie inside the output, behind what is written of it. */
static void crimp_move(void *output, const void *input, uint32_t bytes)
{
    memmove(output, input, bytes);
}

/* output[i * output_step] = input[i * input_step], for 8-bit values. */
static void crimp_move_8(void *output, int32_t output_step, const void *input, int32_t input_step, int32_t count)
{
    const uint8_t *from = input;
    uint8_t *to = output;

    for (int32_t i = 0; i < count; ++i)
        to[i * output_step] = from[i * input_step];
}

/* The same for 16-bit integers. */
static void crimp_move_16(void *output, int32_t output_step, const void *input, int32_t input_step, int32_t count)
{
    const int16_t *from = input;
    int16_t *to = output;

    for (int32_t i = 0; i < count; ++i)
        to[i * output_step] = from[i * input_step];
}

/* The same for 32-bit integers. */
static void crimp_move_32(void *output, int32_t output_step, const void *input, int32_t input_step, int32_t count)
{
    const int32_t *from = input;
    int32_t *to = output;

    for (int32_t i = 0; i < count; ++i)
        to[i * output_step] = from[i * input_step];
}

/* The same for 64-bit integers. */
static void crimp_move_64(void *output, int32_t output_step, const void *input, int32_t input_step, int32_t count)
{
    const int64_t *from = input;
    int64_t *to = output;

    for (int32_t i = 0; i < count; ++i)
        to[i * output_step] = from[i * input_step];
}

/* The same for floats. */
static void crimp_move_f32(void *output, int32_t output_step, const void *input, int32_t input_step, int32_t count)
{
    const float *from = input;
    float *to = output;

    for (int32_t i = 0; i < count; ++i)
        to[i * output_step] = from[i * input_step];
}
