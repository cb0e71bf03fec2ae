#include "sample.h"

#include "board.h"
#include "string.h"
#include "text.h"

uint8_t input_bytes[CRIMP_INPUT_BYTES] __attribute__((aligned(8)));

static uint32_t expected_bytes;
static uint32_t filled_bytes;
static bool outputs_valid;
static uint32_t runs;
static uint64_t last_cycles;
static uint32_t begun_layers; /* of an inference that stands still between two layers */

/* State is whole only after whole inferences. */
static void finish_begun(void) {
    if (crimp_model.reset != 0 && begun_layers > 0u) {
        for (uint32_t i = begun_layers; i < crimp_model.layer_count; i++) crimp_model.layers[i]();
    }
    begun_layers = 0;
}

void input_expect(uint32_t expected) {
    finish_begun();
    runs = 0;
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
        if (to.offset != CRIMP_BY_ROWS) memcpy(crimp_model.arena + to.offset, from, to.bytes);
        from += to.bytes;
    }
}

/* What two readings of the counter take by themselves. */
static uint64_t reading_cycles(void) {
    const uint64_t start = board_cycles();
    return board_cycles() - start;
}

void model_reset(void) {
    begun_layers = 0;
    outputs_valid = false;
    if (crimp_model.reset != 0) crimp_model.reset();
}

uint64_t model_run(void) {
    finish_begun();
    copy_inputs();
    const uint64_t reading = reading_cycles();
    const uint64_t start = board_cycles();
    for (uint32_t i = 0; i < crimp_model.layer_count; i++) crimp_model.layers[i]();
    const uint64_t cycles = board_cycles() - start - reading;
    outputs_valid = true;
    runs++;
    last_cycles = cycles;
    return cycles;
}

uint32_t model_runs(void) { return runs; }

uint64_t model_cycles(void) { return last_cycles; }

void model_run_layers(uint64_t *cycles) {
    const uint64_t reading = reading_cycles();
    finish_begun();
    copy_inputs();
    for (uint32_t i = 0; i < crimp_model.layer_count; i++) {
        const uint64_t start = board_cycles();
        crimp_model.layers[i]();
        cycles[i] = board_cycles() - start - reading;
    }
    outputs_valid = true;
}

void model_run_until(uint32_t last) {
    if (begun_layers == 0u || begun_layers > last + 1u) {
        finish_begun();
        copy_inputs();
    }
    for (; begun_layers <= last && begun_layers < crimp_model.layer_count; begun_layers++) {
        crimp_model.layers[begun_layers]();
    }
    outputs_valid = false;
}

bool model_has_run(void) {
    if (!outputs_valid) put_error("No inference on this input yet");
    return outputs_valid;
}
