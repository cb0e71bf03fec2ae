/* Received bytes on their way from an interrupt to the main loop: one writer, one reader. */
#ifndef RING_H
#define RING_H

#include <stdint.h>

enum { RING_BYTES = 512 }; /* a power of two */

struct ring {
    volatile uint32_t written;
    volatile uint32_t read;
    uint8_t bytes[RING_BYTES];
};

static inline uint32_t ring_filled(const struct ring *ring) { return ring->written - ring->read; }

static inline uint32_t ring_space(const struct ring *ring) { return RING_BYTES - ring_filled(ring); }

/* Drops the byte if the ring is full. */
static inline void ring_put(struct ring *ring, uint8_t byte) {
    if (ring_space(ring) == 0u) return;
    ring->bytes[ring->written % RING_BYTES] = byte;
    ring->written++;
}

static inline int ring_get(struct ring *ring) {
    if (ring->written == ring->read) return -1;
    const int byte = ring->bytes[ring->read % RING_BYTES];
    ring->read++;
    return byte;
}

#endif
