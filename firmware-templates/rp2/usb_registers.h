/*
 * USB device controller, the same in both chips (RP2040 datasheet 4.1.4, RP2350 datasheet 12.7.5): registers, and the dual-port RAM
 * for descriptors of buffers and the buffers.
 */
#ifndef USB_REGISTERS_H
#define USB_REGISTERS_H

#define USB_ADDR_ENDP 0x50110000u
#define USB_MAIN_CTRL 0x50110040u
#define USB_SIE_CTRL 0x5011004cu
#define USB_SIE_STATUS 0x50110050u
#define USB_BUFF_STATUS 0x50110058u
#define USB_EP_STALL_ARM 0x50110068u
#define USB_MUXING 0x50110074u
#define USB_PWR 0x50110078u
#define USB_INTE 0x50110090u
#define USB_INTS 0x50110098u
#define USB_MAIN_CTRL_ENABLE (1u << 0) /* and on an RP2350 PHY_ISO, bit 2, not */
#define USB_SIE_CTRL_PULLUP (1u << 16)
#define USB_SIE_CTRL_EP0_INT_1BUF (1u << 29)
#define USB_SIE_STATUS_SETUP_REC (1u << 17)
#define USB_SIE_STATUS_BUS_RESET (1u << 19)
#define USB_MUXING_PHY_SOFTCON ((1u << 0) | (1u << 3))
#define USB_PWR_VBUS_DETECTED ((1u << 2) | (1u << 3))
#define USB_INT_BUFF_STATUS (1u << 4)
#define USB_INT_BUS_RESET (1u << 12)
#define USB_INT_SETUP_REQ (1u << 16)

#define USB_DPRAM 0x50100000u
#define USB_DPRAM_BYTES 4096u
/* Endpoint control and buffer control (RP2040 datasheet 4.1.2.5.2 and 4.1.2.5.3, RP2350 datasheet 12.7.3.3); in is 1 for device to host */
#define USB_EP_CONTROL(n, in) (USB_DPRAM + 8u * (n) + ((in) ? 0u : 4u))
#define USB_BUFFER_CONTROL(n, in) (USB_DPRAM + 0x80u + 8u * (n) + ((in) ? 0u : 4u))
#define USB_BUFFER_BIT(n, in) (1u << (2u * (n) + ((in) ? 0u : 1u)))
#define USB_EP_ENABLE (1u << 31)
#define USB_EP_INTERRUPT (1u << 29)
#define USB_EP_BULK (2u << 26)
#define USB_EP_INTERRUPT_TYPE (3u << 26)
#define USB_BUFFER_LENGTH 0x3ffu
#define USB_BUFFER_AVAILABLE (1u << 10)
#define USB_BUFFER_STALL (1u << 11)
#define USB_BUFFER_DATA1 (1u << 13)
#define USB_BUFFER_FULL (1u << 15)
#define USB_EP0_BUFFER (USB_DPRAM + 0x100u)

#endif
