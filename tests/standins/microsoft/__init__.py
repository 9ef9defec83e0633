"""Microsoft's clouds as far as the portal uses them, on a real socket: Entra, Power BI, Fabric, Graph."""

from tests.standins.microsoft.server import MicrosoftCloud

__all__ = ["MicrosoftCloud"]
