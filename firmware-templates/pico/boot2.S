/* Second stage of the boot (RP2040 datasheet 2.8.1.3): the bootrom copies these 252 bytes and their CRC-32 from the
 * start of flash into RAM and calls them. They set the flash interface (SSI, 4.10) to quad I/O with continuous read:
 * a missed cache line of 8 bytes takes 8 + 4 + 16 clocks of the flash, at half the core's clock. They also read the
 * flash's unique id, while it still takes commands, into two scratch registers of the watchdog.
 *
 * Commands are those of the Winbond W25Q16JV on the Pico: data sheet, section 8.1. */

    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .equ PADS_QSPI, 0x40020000      /* 2.19.6.4 */
    .equ PAD_SCLK, 0x04
    .equ PAD_SD0, 0x08
    .equ SCLK_8MA_FAST, 0x21        /* drive 8 mA, slew rate fast */
    .equ SCHMITT, 0x02

    .equ SSI, 0x18000000            /* 4.10.13 */
    .equ CTRLR0, 0x00
    .equ CTRLR1, 0x04
    .equ SSIENR, 0x08
    .equ BAUDR, 0x14
    .equ SR, 0x28
    .equ DR0, 0x60
    .equ RX_SAMPLE_DLY, 0xf0        /* beyond the reach of an immediate offset: r7 points here */
    .equ SPI_CTRLR0, 0xf4
    .equ SR_BUSY, 0x01
    .equ SR_TFE, 0x04

    .equ CTRLR0_SERIAL, 7 << 16                         /* frames of 8 bits, transmit and receive */
    .equ CTRLR0_QUAD, (2 << 21) | (31 << 16) | (3 << 8) /* quad, frames of 32 bits, send then receive */
    /* 8 nibbles of address and mode, 4 dummy clocks; the command serial and the address quad, or neither serial */
    .equ SPI_FIRST, (4 << 11) | (2 << 8) | (8 << 2) | 1
    .equ SPI_CONTINUOUS, (0xa0 << 24) | (4 << 11) | (8 << 2) | 2

    .equ WRITE_STATUS, 0x01
    .equ READ_STATUS_1, 0x05
    .equ WRITE_ENABLE, 0x06
    .equ READ_STATUS_2, 0x35
    .equ READ_UNIQUE_ID, 0x4b
    .equ FAST_READ_QUAD, 0xeb
    .equ STATUS_2_QE, 0x02
    .equ MODE_CONTINUOUS, 0xa0

    .equ WATCHDOG_SCRATCH0, 0x4005800c  /* 4.7.6 */
    .equ VECTORS, 0x10000100
    .equ VTOR, 0xe000ed08

    .section .boot2, "ax"
    .global boot2
    .type boot2, %function
    .thumb_func
boot2:
    ldr r0, =PADS_QSPI
    movs r1, #SCLK_8MA_FAST
    str r1, [r0, #PAD_SCLK]
    ldr r1, [r0, #PAD_SD0]          /* no Schmitt triggers: less delay */
    movs r2, #SCHMITT
    bics r1, r2
    str r1, [r0, #PAD_SD0]
    str r1, [r0, #PAD_SD0 + 4]
    str r1, [r0, #PAD_SD0 + 8]
    str r1, [r0, #PAD_SD0 + 12]

    movs r4, #SSI >> 24
    lsls r4, #24
    movs r5, #0
    movs r6, #1
    str r5, [r4, #SSIENR]
    movs r1, #2
    str r1, [r4, #BAUDR]
    movs r7, r4
    adds r7, #RX_SAMPLE_DLY
    str r6, [r7]                    /* sample one clock later: pads and flash take about that long */

    /* Serial, to talk to the flash's registers. */
    movs r1, #CTRLR0_SERIAL >> 16
    lsls r1, #16
    str r1, [r4, #CTRLR0]
    str r6, [r4, #SSIENR]

    /* Command, 4 dummy bytes, 8 bytes of id: 13 of the 16 that the FIFOs hold. */
    movs r0, #READ_UNIQUE_ID
    movs r1, #13
1:  str r0, [r4, #DR0]
    subs r1, #1
    bne 1b
    bl wait
    movs r1, #5
1:  ldr r0, [r4, #DR0]
    subs r1, #1
    bne 1b
    ldr r3, =WATCHDOG_SCRATCH0
    bl four_bytes
    bl four_bytes

    /* Quad needs the QE bit; it stays set for ever. */
    movs r0, #READ_STATUS_2
    bl read_status
    movs r2, #STATUS_2_QE
    cmp r0, r2
    beq quad
    movs r0, #WRITE_ENABLE
    str r0, [r4, #DR0]
    bl wait
    movs r0, #WRITE_STATUS
    str r0, [r4, #DR0]
    str r5, [r4, #DR0]
    str r2, [r4, #DR0]
    bl wait
    str r5, [r4, #SSIENR]           /* empties the FIFO of the four bytes that came meanwhile */
    str r6, [r4, #SSIENR]
1:  movs r0, #READ_STATUS_1
    bl read_status
    tst r0, r6
    bne 1b

    /* One read at address 0 with the command, so that later reads can leave it out. */
quad:
    str r5, [r4, #SSIENR]
    ldr r1, =CTRLR0_QUAD
    str r1, [r4, #CTRLR0]
    str r5, [r4, #CTRLR1]
    ldr r1, =SPI_FIRST
    str r1, [r7, #SPI_CTRLR0 - RX_SAMPLE_DLY]
    str r6, [r4, #SSIENR]
    movs r1, #FAST_READ_QUAD
    str r1, [r4, #DR0]
    movs r1, #MODE_CONTINUOUS
    str r1, [r4, #DR0]
    bl wait
    str r5, [r4, #SSIENR]
    ldr r1, =SPI_CONTINUOUS
    str r1, [r7, #SPI_CTRLR0 - RX_SAMPLE_DLY]
    str r6, [r4, #SSIENR]

    /* Start at the vector table. */
    ldr r0, =VECTORS
    ldr r1, =VTOR
    str r0, [r1]
    ldmia r0!, {r1, r2}
    msr msp, r1
    bx r2

/* r0 := status byte that command r0 reads. */
    .thumb_func
read_status:
    mov r3, lr
    str r0, [r4, #DR0]
    str r0, [r4, #DR0]
    bl wait
    ldr r0, [r4, #DR0]
    ldr r0, [r4, #DR0]
    bx r3

/* The next four received bytes, first lowest, to [r3]; r3 += 4. */
    .thumb_func
four_bytes:
    movs r2, #4
1:  ldr r0, [r4, #DR0]
    lsls r0, #24
    lsrs r1, #8
    orrs r1, r0
    subs r2, #1
    bne 1b
    stmia r3!, {r1}
    bx lr

/* Until everything is sent and received. */
    .thumb_func
wait:
    ldr r1, [r4, #SR]
    lsrs r1, #3                     /* carry := TFE */
    bcc wait
    ldr r1, [r4, #SR]
    tst r1, r6                      /* BUSY */
    bne wait
    bx lr

    .ltorg
