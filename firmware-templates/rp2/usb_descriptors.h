/* What the USB host is told of this device, and the layout that it agrees with. */
#ifndef USB_DESCRIPTORS_H
#define USB_DESCRIPTORS_H

#include <stdint.h>

#include "chip.h"

enum { NOTIFY_ENDPOINT = 1, DATA_ENDPOINT = 2, PACKET_BYTES = 64, LINE_CODING_BYTES = 7 };

#define BUFFER_NOTIFY (USB_DPRAM + 0x180u)
#define BUFFER_TO_HOST (USB_DPRAM + 0x1c0u)
#define BUFFER_FROM_HOST (USB_DPRAM + 0x200u)

/* The descriptor of a GET_DESCRIPTOR's wValue (type in the high byte, index in the low one), or null. */
const void *usb_descriptor(uint32_t value, uint32_t *length);

/* Makes the serial number: the board's own, or the model's hash where there is none. */
void usb_name_board(void);

#endif
