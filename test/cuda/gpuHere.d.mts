export function isGpuHere(): boolean;
