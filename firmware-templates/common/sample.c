#include "sample.h"

#include "board.h"
#include "string.h"
#include "text.h"

uint8_t input_bytes[CRIMP_INPUT_BYTES] __attribute__((aligned(8)));

static uint32_t expected_bytes;
static uint32_t filled_bytes;
static bool outputs_valid;

void input_expect(uint32_t expected) {
    expected_bytes = expected;
    filled_bytes = 0;
    outputs_valid = false;
}

uint32_t input_missing(void) { return expected_bytes - filled_bytes; }

void input_add(uint32_t n) { filled_bytes += n; }

uint32_t input_filled(void) { return filled_bytes; }

bool input_ready(void) {
    if (filled_bytes == CRIMP_INPUT_BYTES) return true;
    put("e-[Input has ");
    put_u64(filled_bytes);
    put_number_line(" bytes of ", CRIMP_INPUT_BYTES, "]");
    return false;
}

static void copy_inputs(void) {
    const uint8_t *from = input_bytes;
    for (uint32_t i = 0; i < crimp_model.input_count; i++) {
        const struct crimp_range to = crimp_model.inputs[i];
        memcpy(crimp_model.arena + to.offset, from, to.bytes);
        from += to.bytes;
    }
}

/* What two readings of the counter take by themselves. */
static uint64_t reading_cycles(void) {
    const uint64_t start = board_cycles();
    return board_cycles() - start;
}

uint64_t model_run(void) {
    copy_inputs();
    const uint64_t reading = reading_cycles();
    const uint64_t start = board_cycles();
    for (uint32_t i = 0; i < crimp_model.layer_count; i++) crimp_model.layers[i]();
    const uint64_t cycles = board_cycles() - start - reading;
    outputs_valid = true;
    return cycles;
}

void model_run_layers(uint64_t *cycles) {
    const uint64_t reading = reading_cycles();
    copy_inputs();
    for (uint32_t i = 0; i < crimp_model.layer_count; i++) {
        const uint64_t start = board_cycles();
        crimp_model.layers[i]();
        cycles[i] = board_cycles() - start - reading;
    }
    outputs_valid = true;
}

void model_run_until(uint32_t last) {
    copy_inputs();
    for (uint32_t i = 0; i <= last && i < crimp_model.layer_count; i++) crimp_model.layers[i]();
    outputs_valid = false;
}

bool model_has_run(void) {
    if (!outputs_valid) put_error("No inference on this input yet");
    return outputs_valid;
}
