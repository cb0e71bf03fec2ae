/* memcpy and its kin: words where the addresses allow, for cores that cannot load unaligned. */
#include <stdint.h>

#include "string.h"

#undef memcpy
#undef memmove
#undef memset
#undef memcmp

typedef uint32_t __attribute__((may_alias)) word;

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    uint8_t *d = to;
    const uint8_t *s = from;
    if ((((uintptr_t)d ^ (uintptr_t)s) & 3u) == 0u) {
        for (; n > 0u && ((uintptr_t)d & 3u) != 0u; n--) *d++ = *s++;
        for (; n >= 4u; n -= 4u) {
            *(word *)(void *)d = *(const word *)(const void *)s;
            d += 4;
            s += 4;
        }
    }
    for (; n > 0u; n--) *d++ = *s++;
    return to;
}

void *memmove(void *to, const void *from, size_t n) {
    uint8_t *d = to;
    const uint8_t *s = from;
    if ((uintptr_t)d <= (uintptr_t)s || (uintptr_t)d - (uintptr_t)s >= n) {
        /* Forwards copying never overtakes what is still to be read. */
        if ((((uintptr_t)d ^ (uintptr_t)s) & 3u) == 0u && ((uintptr_t)d & 3u) == 0u) {
            for (; n >= 4u; n -= 4u) {
                *(word *)(void *)d = *(const word *)(const void *)s;
                d += 4;
                s += 4;
            }
        }
        for (; n > 0u; n--) *d++ = *s++;
    } else {
        while (n > 0u) {
            n--;
            d[n] = s[n];
        }
    }
    return to;
}

void *memset(void *to, int value, size_t n) {
    uint8_t *d = to;
    const uint32_t byte = (uint32_t)value & 0xffu;
    for (; n > 0u && ((uintptr_t)d & 3u) != 0u; n--) *d++ = (uint8_t)byte;
    for (; n >= 4u; n -= 4u) {
        *(word *)(void *)d = byte * 0x01010101u;
        d += 4;
    }
    for (; n > 0u; n--) *d++ = (uint8_t)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t n) {
    const uint8_t *x = a;
    const uint8_t *y = b;
    for (; n > 0u; n--, x++, y++) {
        if (*x != *y) return *x - *y;
    }
    return 0;
}
