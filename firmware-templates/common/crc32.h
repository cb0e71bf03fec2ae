/* CRC-32 of IEEE 802.3: reflected polynomial edb88320, start and final value ffffffff. */
#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

/* CRC of the bytes before (0 for none) and the n bytes at `bytes`. */
uint32_t crc32(uint32_t crc, const void *bytes, uint32_t n);

#endif
