from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("benefits", "0005_wish_of_leaving")]

    operations = [
        migrations.AddField("alert", "limits", models.JSONField("所用参数", default=list)),
    ]
